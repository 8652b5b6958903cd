// Whatever clients and servers of HTTP do to each other at any moment, chance says what, is told in the same order.
import { Agent, createServer, request } from 'node:http';
import { play, told } from '../fixtures/chance.mjs';
import { listening } from '../fixtures/listening.mjs';

const SOCKET = ['connect', 'ready', 'end', 'finish', 'close', 'error', 'drain', 'free', 'agentRemove'];
const SIZES = [0, 1, 1000, 17_000];
const host = '127.0.0.1';

await play(60, async (run) => {
  const { chance } = run;
  const server = createServer({ highWaterMark: chance.pick([undefined, 100]) });
  if (chance.likely(0.2)) server.maxRequestsPerSocket = 1 + chance.below(3);
  let connections = 0;
  server.on('connection', (socket) => {
    const name = `connection ${connections++}`;
    // Who listens for data keeps the native parser from reading by itself.
    const events = chance.likely(0.15) ? [...SOCKET, 'data'] : SOCKET;
    run.watch(name, socket, events, onSocket(socket), 0.03);
  });
  server.on('clientError', (error, socket) => {
    run.say('clientError', told(error));
    socket.destroy();
  });
  server.on('request', (req, res) => serve(run, server, req, res));
  if (chance.likely(0.5)) {
    server.on('checkContinue', (req, res) => {
      res.writeContinue();
      serve(run, server, req, res);
    });
  }
  const port = await listening(server);
  const agent = new Agent({
    keepAlive: chance.likely(0.6),
    maxSockets: chance.pick([1, 2, Number.POSITIVE_INFINITY]),
    maxFreeSockets: chance.pick([1, 256]),
    scheduling: chance.pick(['lifo', 'fifo']),
  });
  const sockets = new Map();
  const target = { port, host, agent: chance.likely(0.85) && agent };
  const requests = { sent: 0 };
  for (let i = chance.below(4); i >= 0; i--) ask(run, target, sockets, requests);
  await run.quiet();
  run.say('stop');
  agent.destroy();
  server.close();
  await run.quiet();
  server.closeAllConnections();
  await run.quiet();
});

function onSocket(socket) {
  return ['destroy', 'end', 'destroySoon', 'resetAndDestroy', 'pause', 'resume'].map((name) => [
    name,
    () => void socket[name](),
  ]);
}

function serve(run, server, req, res) {
  const { chance } = run;
  const name = `served ${req.url}`;
  run.say(name, req.method, req.headers.connection, req.headers.expect);
  const actions = [
    ['req.destroy', () => void req.destroy()],
    ['res.destroy', () => void res.destroy(new Error('why not'))],
    ['socket.destroy', () => void req.socket.destroy()],
    ['end', () => void res.end('more')],
    ['pause', () => void req.pause()],
    ['processing', () => void res.writeProcessing()],
    ['hints', () => void res.writeEarlyHints({ link: '</a>; rel=preload' })],
    ['close', () => void server.close()],
    ['close idle', () => void server.closeIdleConnections()],
  ];
  run.watch(name, req, ['data', 'end', 'aborted', 'close', 'error'], actions);
  run.watch(`${name} answer`, res, ['drain', 'finish', 'close', 'error'], actions);
  let left = chance.below(4);
  const size = chance.pick(SIZES);
  const pace = chance.pick([(next) => next(), setImmediate]);
  if (chance.likely(0.2)) res.setHeader('connection', 'close');
  if (chance.likely(0.3)) res.setHeader('content-length', left * size);
  const step = () => {
    if (run.over) return;
    if (left-- <= 0) {
      run.soon(name, 'end', () => void res.end(() => run.say(name, 'ended')));
      return;
    }
    run.say(
      name,
      'write',
      res.write(Buffer.alloc(size, 97), (error) => run.say(name, 'written', told(error))),
    );
    pace(step);
  };
  if (chance.likely(0.7)) step();
  else req.resume().on('end', step);
}

function ask(run, target, sockets, requests) {
  const { chance } = run;
  const path = `/${requests.sent++}`;
  const name = `asked ${path}`;
  const method = chance.pick(['GET', 'GET', 'POST', 'PUT', 'HEAD', 'OPTIONS']);
  const headers = chance.likely(0.1) ? { expect: '100-continue' } : {};
  const req = request({ ...target, path, method, headers });
  const actions = [
    ['destroy', () => void req.destroy()],
    ['destroy with', () => void req.destroy(new Error('why not'))],
    ['socket.end', () => void req.socket?.end()],
    ['socket.reset', () => void req.socket?.resetAndDestroy()],
    ['end', () => void req.end()],
    ['another', () => ask(run, target, sockets, requests)],
  ];
  run.watch(name, req, ['finish', 'close', 'error', 'abort', 'continue', 'drain'], actions);
  req.on('socket', (socket) => {
    if (!sockets.has(socket)) {
      sockets.set(socket, sockets.size);
      run.watch(`socket ${sockets.get(socket)}`, socket, SOCKET, onSocket(socket), 0.03);
    }
    run.say(name, 'socket', sockets.get(socket), req.reusedSocket);
  });
  req.on('response', (res) => {
    run.say(name, 'response', res.statusCode, res.headers.connection, res.headers['content-length']);
    const more = [...actions, ['res.destroy', () => void res.destroy()], ['res.pause', () => void res.pause()]];
    run.watch(`${name} response`, res, ['data', 'end', 'close', 'error', 'aborted'], more);
  });
  if (method === 'POST' || method === 'PUT') {
    for (let i = chance.below(3); i > 0; i--) {
      run.soon(name, 'write', () =>
        req.write(Buffer.alloc(chance.pick(SIZES), 97), (error) => run.say(name, 'written', told(error))),
      );
    }
  }
  run.soon(name, 'end', () => void req.end());
}
