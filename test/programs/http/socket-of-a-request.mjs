// The sockets of both sides know their addresses and count the bytes.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

let there;
const server = createServer(async (req, res) => {
  await text(req);
  const { socket } = req;
  there = socket;
  res.sendDate = false;
  const { localAddress, localFamily, remoteAddress, remoteFamily, localPort, remotePort } = socket;
  res.end(JSON.stringify({ localAddress, localFamily, remoteAddress, remoteFamily, localPort, remotePort }));
});
const port = await listening(server);
const req = request({ port, host: '127.0.0.1', method: 'POST', agent: false, headers: { Host: 'here' } });
req.end('x'.repeat(1000));
const [socket] = await once(req, 'socket');
console.log(socket.connecting, socket.readyState, socket.localAddress, socket.remoteAddress);
const [res] = await once(req, 'response');
const { localPort, remotePort } = socket;
const theirs = JSON.parse(await text(res));
console.log(theirs.localPort === remotePort, theirs.remotePort === localPort, remotePort === port);
console.log(theirs.localAddress, theirs.localFamily, theirs.remoteAddress, theirs.remoteFamily);
console.log(res.socket === socket, socket.address().family, socket.remoteFamily, socket.localFamily);
if (!socket.closed) await closed(socket);
if (!there.closed) await closed(there);
console.log(socket.bytesWritten === there.bytesRead, socket.bytesRead === there.bytesWritten);
console.log(socket.bytesWritten, socket.bytesRead - String(localPort).length - String(remotePort).length);
console.log(socket.remoteAddress, there.remoteAddress, socket.localPort === undefined, socket.readyState);
server.close();
