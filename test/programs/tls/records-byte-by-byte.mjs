// A handshake and its text that come byte by byte are the same handshake and text.

import { once } from 'node:events';
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(identity, (socket) => socket.pipe(socket));
const target = await listening(server);
const slowly = (from, to) => {
  let turn = Promise.resolve();
  from.on('data', (data) => {
    turn = turn.then(async () => {
      for (const byte of data) await new Promise((resolve) => to.write(Buffer.of(byte), resolve));
    });
  });
  from.on('end', () => turn.then(() => to.end()));
};
const middle = createNetServer({ allowHalfOpen: true }, (near) => {
  const far = connectNet({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  slowly(near.setNoDelay(), far);
  slowly(far, near);
});
const socket = connect({ port: await listening(middle), ca, host: '127.0.0.1' });
await once(socket, 'secureConnect');
socket.end('echoed in pieces');
let heard = '';
socket.on('data', (data) => (heard += data));
await once(socket, 'end');
console.log(socket.authorized, heard);
middle.close();
server.close();
