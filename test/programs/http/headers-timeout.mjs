// A client that does not finish its headers in time gets 408, and one that does is spared.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { slow, quick, server: told } = journal('slow', 'quick', 'server');
const server = createServer(
  { headersTimeout: 100, requestTimeout: 2000, connectionsCheckingInterval: 20 },
  (_req, res) => {
    res.sendDate = false;
    setTimeout(() => res.end('spared'), 250);
  },
);
server.on('clientError', (error, socket) => {
  told(error.code, error.message);
  socket.end('HTTP/1.1 408 Mine\r\nConnection: close\r\n\r\n');
});
const port = await listening(server);
const talk = (say, text) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1');
    socket.on('data', (data) => say(data));
    socket.on('end', () => say('end'));
    socket.on('close', resolve);
  });
await Promise.all([
  talk(slow, 'GET / HTTP/1.1\r\nHost: he'),
  talk(quick, 'GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'),
]);
server.close();
