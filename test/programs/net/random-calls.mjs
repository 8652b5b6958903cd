// Whatever a program calls in whatever order, what it sees at both ends of a connection is the same.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { chance, immediate, problem, quiet, seeds } from '../fixtures/random-calls.mjs';

const word = (each) =>
  each instanceof Error ? problem(each) : typeof each === 'object' ? each?.constructor.name : each;
let uncaught = () => {};
process.on('uncaughtException', (error) => uncaught(problem(error)));

const STATES = [
  ...['readyState', 'destroyed', 'closed', 'readableEnded', 'writableFinished', 'writableEnded', 'bytesRead'],
  ...['bytesWritten', 'readableLength', 'writableLength', 'readableFlowing', 'writableNeedDrain', 'connecting'],
  ...['readable', 'writable', 'readableAborted', 'writableAborted', 'timeout'],
];
const OF_HANDLES = ['reading', 'writeQueueSize', 'bytesRead', 'bytesWritten'];
const state = (socket) =>
  socket === null
    ? 'none'
    : [
        ...STATES.map((name) => socket[name]),
        problem(socket.errored),
        ...(socket._handle === null ? [] : OF_HANDLES.map((name) => socket._handle[name])),
      ].join();
const EVENTS = 'connect ready end finish close timeout drain error pause resume pipe unpipe'.split(' ');
const QUIET_EVENTS = ['pause', 'resume', 'pipe', 'unpipe'];

/** How often each call is drawn. */
const CALLS = { write: 8, writeBuffer: 2, end: 3, destroy: 1, destroyWithError: 1, destroySoon: 1, reset: 1, pause: 1 };
Object.assign(CALLS, { resume: 3, cork: 1, uncork: 1, listen: 5, readable: 1, read: 1, encode: 1, unref: 1, pipe: 1 });
Object.assign(CALLS, { unpipe: 1, keepAlive: 1, throwLater: 1, deafen: 1, unshift: 1, names: 1 });
const bag = Object.entries(CALLS).flatMap(([name, weight]) => Array(weight).fill(name));

async function run(seed) {
  const dice = { steps: chance(seed), client: chance(7 * seed + 1), server: chance(7 * seed + 2) };
  let roll = dice.steps;
  const pick = (...choices) => choices[Math.floor(roll() * choices.length)];
  const logs = { client: [], server: [] };
  const log = (who, text) => logs[who].push(text);
  uncaught = (text) => log('client', `uncaught ${text}`);
  // What a socket does in its own events is drawn for each socket apart: the order between the two is not compared.
  const left = { client: 1 + Math.floor(roll() * 3), server: 1 + Math.floor(roll() * 3) };
  const perhaps = (who, socket, event) => {
    const before = roll;
    roll = dice[who];
    if (left[who] > 0 && roll() < 0.12) {
      left[who]--;
      act(who, socket, `in ${event}`);
    }
    roll = before;
  };
  const has = new WeakMap();
  const first = (socket, what) => {
    const known = has.get(socket) ?? new Set();
    has.set(socket, known);
    return known.has(what) ? false : Boolean(known.add(what));
  };
  const hear = (who, socket) => {
    if (!first(socket, 'data')) return;
    socket.on('data', (data) => {
      // Pieces are merged: how many there are is for the network to say.
      const [, bytes] = /^data (\d+)$/.exec(logs[who].at(-1)) ?? [];
      if (bytes !== undefined) logs[who].pop();
      log(who, `data ${Number(bytes ?? 0) + data.length}`);
      if (bytes === undefined) perhaps(who, socket, 'data');
    });
  };
  const written = (who, socket) => (error) => {
    log(who, `written ${problem(error)}`);
    perhaps(who, socket, 'write');
  };
  const calls = {
    write: (who, socket) => {
      const text = 'x'.repeat(pick(0, 1, 5, 100, 3000, 20_000));
      const encoding = pick('utf8', 'latin1', 'ucs2');
      return socket.write(text, encoding, roll() < 0.6 ? written(who, socket) : undefined);
    },
    writeBuffer: (who, socket) => socket.write(Buffer.alloc(pick(1, 70, 6600)), written(who, socket)),
    end: (who, socket) => void socket.end(pick(undefined, 'bye'), (error) => log(who, `ended ${problem(error)}`)),
    destroy: (_, socket) => void socket.destroy(),
    destroyWithError: (_, socket) => void socket.destroy(new Error('mine')),
    destroySoon: (_, socket) => socket.destroySoon(),
    reset: (_, socket) => void socket.resetAndDestroy(),
    pause: (_, socket) => void socket.pause(),
    resume: (_, socket) => void socket.resume(),
    cork: (_, socket) => socket.cork(),
    uncork: (_, socket) => socket.uncork(),
    listen: (who, socket) => hear(who, socket),
    readable: (who, socket) => {
      if (!first(socket, 'readable')) return;
      socket.on('readable', () => {
        log(who, `readable ${socket.read()?.length}`);
        perhaps(who, socket, 'readable');
      });
    },
    read: (_, socket) => socket.read(pick(undefined, 0, 1, 10))?.length,
    encode: (_, socket) => void socket.setEncoding(pick('utf8', 'hex')),
    unref: (_, socket) => void socket.unref().ref(),
    pipe: (_, socket) => first(socket, 'pipe') && void socket.pipe(socket),
    unpipe: (_, socket) => void socket.unpipe(),
    keepAlive: (_, socket) => void socket.setKeepAlive(pick(true, false), 1000),
    throwLater: (_, socket) =>
      void socket.once(pick('data', 'end', 'close', 'finish'), () => {
        throw new Error('thrown');
      }),
    deafen: (_, socket) => {
      socket.removeAllListeners('data');
      has.get(socket)?.delete('data');
    },
    unshift: (_, socket) => socket.unshift('uu'),
    names: (_, socket) => [socket.address().family, socket.remotePort > 0].join(),
  };
  const act = (who, socket, why) => {
    const name = pick(...bag);
    // Before what comes of it: a call may emit events.
    log(who, `${name} ${why}`);
    try {
      log(who, `${name}: ${calls[name](who, socket)}`);
    } catch (error) {
      log(who, `${name} threw ${problem(error)}`);
    }
  };
  const watch = (who, socket) => {
    for (const event of EVENTS) {
      socket.on(event, (...given) => {
        log(who, `${event} ${given.map(word)} ${socket.readyState}`);
        if (!QUIET_EVENTS.includes(event)) perhaps(who, socket, event);
      });
    }
  };

  // Without Nagle's algorithm: what it holds back, and for how long, is for the network to say.
  const options = () => ({
    noDelay: true,
    allowHalfOpen: roll() < 0.4,
    highWaterMark: pick(undefined, undefined, 1000, 1),
  });
  const deaf = { client: roll() < 0.3, server: roll() < 0.3 };
  let peer = null;
  const server = createServer({ ...options(), pauseOnConnect: roll() < 0.25 }, (socket) => {
    peer = socket;
    watch('server', socket);
    if (!deaf.server) hear('server', socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect({ port: server.address().port, host: '127.0.0.1', ...options() });
  watch('client', client);
  if (!deaf.client) hear('client', client);
  for (let i = Math.floor(roll() * 3); i > 0; i--) act('client', client, 'early');
  if (roll() < 0.9) await quiet();

  const look = async () => {
    await quiet();
    log('client', `= ${state(client)}`);
    log('server', `= ${state(peer)}`);
  };
  const waits = {
    none: () => {},
    tick: () => new Promise((resolve) => process.nextTick(resolve)),
    microtask: async () => {},
    immediate,
    look,
  };
  for (let i = 4 + Math.floor(roll() * 10); i > 0; i--) {
    const [who, socket] = pick(['client', client], ['server', peer]);
    if (socket !== null) act(who, socket, i);
    await waits[pick('none', 'tick', 'microtask', 'immediate', 'look', 'look')]();
  }
  await look();
  left.client = left.server = 0;
  for (const socket of [client, peer]) {
    socket?.destroy();
    await look();
  }
  server.close();
  return Object.entries(logs).flatMap(([who, lines]) => lines.map((line) => `${who} ${line}`));
}

for (const seed of seeds) {
  const lines = await run(seed);
  if (seeds.length === 1) console.log(lines.join('\n'));
  else console.log(seed, createHash('sha1').update(lines.join('\n')).digest('hex').slice(0, 12));
}
// Under some of them a socket of the kernel's keeps Node going for ever.
process.exit();
