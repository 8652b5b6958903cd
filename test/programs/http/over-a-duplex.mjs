// A server serves any Duplex that it is handed as a connection, and one of its own connections twice removed.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, createServer as createNetServer } from 'node:net';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

function pair() {
  const [one, two] = [0, 1].map(() => new Duplex({ read() {} }));
  for (const [from, to] of [
    [one, two],
    [two, one],
  ]) {
    from._write = (chunk, _encoding, done) => {
      to.push(chunk);
      setImmediate(done);
    };
    from._final = (done) => {
      to.push(null);
      done();
    };
  }
  return [one, two];
}
const server = createServer(async (req, res) =>
  res.end(`${req.method} ${await text(req)} ${req.socket.remoteAddress}`),
);
const [near, far] = pair();
server.emit('connection', far);
const req = request({ method: 'POST', createConnection: () => near });
req.end('over nothing');
const [res] = await once(req, 'response');
console.log(await text(res));

const front = createNetServer((socket) => server.emit('connection', socket));
const port = await listening(front);
const second = request({ method: 'POST', createConnection: () => connect(port, '127.0.0.1') });
second.end('over tcp');
console.log(await text((await once(second, 'response'))[0]));
front.close();
