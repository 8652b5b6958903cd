// Refused, broken and garbled answers reject with a cause that says why.
import { createServer } from 'node:net';
import { listening } from '../fixtures/listening.mjs';

const answers = {
  nothing: '',
  garbage: 'this is no HTTP\r\n\r\n',
  short: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort',
  chunk: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
};
let answer;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(answer));
});
const port = await listening(server);
const ask = async (name) => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    console.log(name, response.status, await response.text());
  } catch (error) {
    console.log(name, error.name, error.message, error.cause?.name, error.cause?.code);
  }
};
for (const name of Object.keys(answers)) {
  answer = answers[name];
  await ask(name);
}
server.close();
await new Promise((resolve) => setTimeout(resolve, 20));
await ask('refused');
