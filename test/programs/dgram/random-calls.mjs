// Whatever a program calls in whatever order, what it hears at two datagram sockets is the same.
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { chance, immediate, problem, quiet, seeds } from '../fixtures/random-calls.mjs';

let uncaught = () => {};
process.on('uncaughtException', (error) => uncaught(problem(error)));

const host = '127.0.0.1';
const EVENTS = ['message', 'listening', 'connect', 'close', 'error'];
const waits = {
  none: () => {},
  tick: () => new Promise((resolve) => process.nextTick(resolve)),
  microtask: async () => {},
  immediate,
  quiet,
};

async function run(seed) {
  const dice = { steps: chance(seed), left: chance(7 * seed + 1), right: chance(7 * seed + 2) };
  let roll = dice.steps;
  const pick = (...choices) => choices[Math.floor(roll() * choices.length)];
  const logs = { left: [], right: [], thrown: [] };
  const log = (who, text) => logs[who].push(text);
  uncaught = (text) => log('thrown', text);
  const may = { left: 2, right: 2 };
  const perhaps = (who, socket, event) => {
    const before = roll;
    roll = dice[who];
    if (may[who] > 0 && roll() < 0.15) {
      may[who]--;
      act(who, socket, `in ${event}`);
    }
    roll = before;
  };
  const sockets = {};
  const ports = {};
  const other = { left: 'right', right: 'left' };
  const someone = (who) => ports[pick(other[who], other[who], who)] ?? 1;
  const sent = (who, socket) => (error, bytes) => {
    log(who, `sent ${problem(error)} ${bytes}`);
    perhaps(who, socket, 'send');
  };
  const calls = {
    bind: (who, socket) => void socket.bind({ port: 0, address: pick(host, undefined) }, () => log(who, 'bound')),
    send: (who, socket) =>
      socket.send('x'.repeat(pick(0, 1, 10, 1000)), someone(who), host, pick(undefined, sent(who, socket))),
    sendList: (who, socket) =>
      socket.send([Buffer.from('ab'), 'cd', Buffer.alloc(3)], someone(who), host, sent(who, socket)),
    sendToPeer: (who, socket) => socket.send('peer', sent(who, socket)),
    sendPart: (who, socket) => socket.send(Buffer.from('hello world'), pick(0, 3), pick(4, 5), someone(who), host),
    sendTooMuch: (who, socket) => socket.send(Buffer.alloc(70_000), someone(who), host, sent(who, socket)),
    connect: (who, socket) => socket.connect(someone(who), host, (error) => log(who, `connected ${problem(error)}`)),
    close: (who, socket) => void socket.close(() => log(who, 'closed')),
    address: (_, socket) => socket.address().family + (socket.address().port > 0),
    remoteAddress: (_, socket) => socket.remoteAddress().family,
    unref: (_, socket) => void socket.unref().ref(),
    options: (_, socket) => {
      socket.setTTL(pick(1, 64));
      socket.setBroadcast(true);
      socket.setMulticastLoopback(true);
    },
    sizes: (_, socket) => [socket.getRecvBufferSize(), socket.getSendQueueSize(), socket.getSendQueueCount()],
    throwLater: (_, socket) =>
      void socket.once(pick('message', 'listening', 'close'), () => {
        throw new Error('thrown');
      }),
    deafen: (_, socket) => void socket.removeAllListeners('message'),
  };
  const weights = { send: 8, sendList: 2, connect: 2, bind: 3 };
  const bag = Object.keys(calls).flatMap((name) => Array(weights[name] ?? 1).fill(name));
  const act = (who, socket, why) => {
    const name = pick(...bag);
    log(who, `${name} ${why}`);
    try {
      log(who, `${name}: ${calls[name](who, socket)}`);
    } catch (error) {
      log(who, `${name} threw ${problem(error)}`);
    }
  };
  const word = (each) => {
    if (each instanceof Error) return problem(each);
    if (Buffer.isBuffer(each)) return each.length;
    const from = Object.keys(ports).find((who) => ports[who] === each?.port);
    return each?.address === undefined ? each : `${each.address} ${each.family} ${each.size} ${from}`;
  };
  for (const who of ['left', 'right']) {
    sockets[who] = createSocket('udp4');
    for (const event of EVENTS) {
      sockets[who].on(event, (...given) => {
        log(who, `${event} ${given.map(word)}`);
        if (event === 'listening') ports[who] = sockets[who].address().port;
        perhaps(who, sockets[who], event);
      });
    }
    if (roll() < 0.8) sockets[who].bind(0, pick(host, undefined));
  }
  if (roll() < 0.8) await quiet();
  for (let i = 4 + Math.floor(roll() * 12); i > 0; i--) {
    const who = pick('left', 'right');
    act(who, sockets[who], i);
    await waits[pick(...Object.keys(waits), 'quiet')]();
  }
  await quiet();
  may.left = may.right = 0;
  for (const who of ['left', 'right']) {
    try {
      sockets[who].close();
    } catch (error) {
      log(who, problem(error));
    }
    await quiet();
  }
  return Object.entries(logs).flatMap(([who, lines]) => lines.map((line) => `${who} ${line}`));
}

for (const seed of seeds) {
  const lines = await run(seed);
  if (seeds.length === 1) console.log(lines.join('\n'));
  else console.log(seed, createHash('sha1').update(lines.join('\n')).digest('hex').slice(0, 12));
}

process.exit();
