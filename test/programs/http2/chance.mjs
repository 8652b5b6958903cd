// Whatever sessions and streams of HTTP/2 do to each other at any moment, chance says what, is told in the same order.
import { connect, constants, createServer } from 'node:http2';
import { play, told } from '../fixtures/chance.mjs';
import { listening } from '../fixtures/listening.mjs';

const SOCKET = ['end', 'finish', 'close', 'error', 'drain'];
const SESSION = ['connect', 'close', 'error', 'goaway', 'localSettings', 'remoteSettings', 'ping', 'frameError'];
const STREAM = ['ready', 'response', 'headers', 'data', 'end', 'finish', 'close', 'error', 'aborted', 'drain'];
const MORE = ['wantTrailers', 'trailers', 'continue', 'frameError'];
const SIZES = [0, 1, 1000, 17_000];
const CODES = [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_CANCEL];

await play(18, async (run) => {
  const { chance } = run;
  const server = createServer({ settings: settings(chance), paddingStrategy: chance.pick([undefined, 1]) });
  let count = 0;
  server.on('session', (session) => {
    const name = `session ${count++}`;
    run.watch(name, session, SESSION, onSession(run, name, session), 0.04);
    run.watch(`${name} socket`, session.socket, SOCKET, onSession(run, name, session), 0);
  });
  server.on('stream', (stream, headers) => serve(run, stream, headers[':path']));
  server.on('sessionError', (error) => run.say('sessionError', told(error)));
  const client = connect(`http://127.0.0.1:${await listening(server)}`, { settings: settings(chance) });
  run.watch('client', client, SESSION, onSession(run, 'client', client), 0.04);
  client.on('stream', (stream, headers) => {
    const name = `pushed ${headers[':path']}`;
    run.watch(name, stream, [...STREAM, ...MORE, 'push'], onStream(stream));
  });
  const requests = { sent: 0 };
  for (let i = chance.below(4); i >= 0; i--) ask(run, client, requests);
  await run.quiet();
  run.say('stop');
  client.close();
  server.close();
  await run.quiet();
  client.destroy();
  await run.quiet();
});

function settings(chance) {
  return {
    ...(chance.likely(0.15) && { initialWindowSize: chance.pick([0, 100, 1_000_000]) }),
    ...(chance.likely(0.1) && { maxConcurrentStreams: chance.pick([0, 1, 2]) }),
    ...(chance.likely(0.1) && { enablePush: false }),
    ...(chance.likely(0.1) && { maxFrameSize: 30_000 }),
  };
}

function onSession(run, name, session) {
  const { chance } = run;
  return [
    ['close', () => void session.close()],
    ['destroy', () => void session.destroy()],
    ['destroy with', () => void session.destroy(new Error('why not'))],
    ['goaway', () => void session.goaway(chance.pick(CODES))],
    ['ping', () => session.ping((error) => run.say(name, 'pong', told(error)))],
    ['settings', () => void session.settings(settings(chance), (error) => run.say(name, 'settings', told(error)))],
    ['window', () => void session.setLocalWindowSize(chance.pick([1000, 65_535, 200_000]))],
    ['state', () => run.say(JSON.stringify(session.state), session.pendingSettingsAck)],
  ];
}

function onStream(stream) {
  return [
    ...CODES.map((code) => [`close ${code}`, () => void stream.close(code)]),
    ['destroy', () => void stream.destroy()],
    ['destroy with', () => void stream.destroy(new Error('why not'))],
    ['end', () => void stream.end('fin')],
    ['write', () => stream.write('more')],
    ['pause', () => void stream.pause()],
    ['resume', () => void stream.resume()],
    ['trailers', () => void stream.sendTrailers({ a: 'b' })],
    ['session.close', () => void stream.session?.close()],
    ['session.destroy', () => void stream.session?.destroy()],
  ];
}

function serve(run, stream, path) {
  const { chance } = run;
  const name = `served ${path}`;
  run.watch(name, stream, [...STREAM, ...MORE], onStream(stream));
  const answer = () => {
    if (stream.destroyed || stream.closed) return;
    if (chance.likely(0.1)) stream.additionalHeaders({ ':status': 103 });
    if (chance.likely(0.2) && stream.pushAllowed) {
      stream.pushStream({ ':path': `${path}+` }, (error, pushed) => {
        run.say(name, 'push', told(error));
        if (pushed === undefined) return;
        run.watch(`${name} pushed`, pushed, [...STREAM, ...MORE], onStream(pushed));
        if (!pushed.destroyed) pushed.respond({ ':status': 200 });
        pushed.end('pushed');
      });
    }
    stream.respond({ ':status': 200 }, { waitForTrailers: chance.likely(0.15), endStream: chance.likely(0.1) });
    let left = chance.below(4);
    const size = chance.pick(SIZES);
    const pace = chance.pick([(next) => next(), setImmediate]);
    const step = () => {
      if (run.over || stream.destroyed) return;
      if (left-- <= 0) stream.end(() => run.say(name, 'ended'));
      else {
        run.say(
          name,
          stream.write(Buffer.alloc(size, 97), (error) => run.say(name, 'written', told(error))),
        );
        pace(step);
      }
    };
    step();
  };
  chance.pick([(now) => now(), setImmediate, (later) => stream.resume().on('end', later)])(answer);
}

function ask(run, client, requests) {
  const { chance } = run;
  const path = `/${requests.sent++}`;
  const name = `asked ${path}`;
  const method = chance.pick(['GET', 'GET', 'POST', 'POST', 'HEAD']);
  let stream;
  try {
    stream = client.request({ ':path': path, ':method': method }, { waitForTrailers: chance.likely(0.1) });
  } catch (error) {
    run.say(name, told(error));
    return;
  }
  const actions = [...onStream(stream), ['another', () => ask(run, client, requests)]];
  run.watch(name, stream, [...STREAM, ...MORE], actions);
  if (method !== 'POST') return;
  for (let i = chance.below(4); i > 0; i--) {
    run.soon(name, 'write', () =>
      stream.write(Buffer.alloc(chance.pick(SIZES), 97), (error) => run.say(name, 'written', told(error))),
    );
  }
  run.soon(name, 'end', () => void stream.end());
}
