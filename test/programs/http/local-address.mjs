// A request can choose its own address and family, and looks up names through its own function.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) =>
  res.end(`${req.socket.remoteAddress} ${req.headers.host.replace(/\d+$/, 'PORT')}`),
);
const port = await listening(server);
const lookup = (name, options, done) => {
  console.log('lookup', name, options.family, options.all);
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
};
const refuse = (_name, _options, done) => done(Object.assign(new Error('not known'), { code: 'ENOTFOUND' }));
for (const options of [
  { host: '127.0.0.1', localAddress: '127.0.0.1' },
  { host: '127.0.0.1', localAddress: '127.0.0.5' },
  { host: 'some.example', lookup },
  { host: 'some.example', lookup, family: 4 },
  { host: 'other.example', lookup: refuse },
  { hostname: '127.0.0.1', host: 'ignored.example' },
  { host: '127.0.0.1', headers: { Host: 'mine:1' }, setHost: false },
]) {
  try {
    console.log(await text((await once(get({ port, agent: false, ...options }), 'response'))[0]));
  } catch (error) {
    console.log(error.code, error.message);
  }
}
server.close();
