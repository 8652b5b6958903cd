// A WebSocket, where Node has one, greets, echoes and closes with its code.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
server.on('upgrade', (req, socket) => {
  const key = createHash('sha1')
    .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  socket.on('error', () => {});
  // Short frames only, one a message: opcode, masked length, mask, payload.
  let held = Buffer.alloc(0);
  socket.on('data', (data) => {
    held = Buffer.concat([held, data]);
    while (held.length >= 6 && held.length >= 6 + (held[1] & 127)) {
      const length = held[1] & 127;
      const payload = Buffer.from(held.subarray(6, 6 + length).map((byte, i) => byte ^ held[2 + (i % 4)]));
      socket.write(Buffer.concat([Buffer.of(held[0], length), payload]));
      if ((held[0] & 15) === 8) socket.end();
      held = held.subarray(6 + length);
    }
  });
});
const port = await listening(server);
if (typeof WebSocket === 'undefined') console.log('no WebSocket here');
else {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  console.log('open', socket.readyState);
  for (const word of ['one', 'two', 'three']) socket.send(word);
  let left = 3;
  socket.addEventListener('message', ({ data }) => {
    console.log('message', data);
    if (--left === 0) socket.close(4001, 'enough');
  });
  const { code, reason, wasClean } = await new Promise((resolve) => socket.addEventListener('close', resolve));
  console.log('close', code, reason, wasClean);
}
server.close();
await closed(server);
