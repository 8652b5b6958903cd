// Each broken answer is an error at the client with the parser's code.
import { get } from 'node:http';
import { createServer } from 'node:net';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const answers = {
  nonsense: 'nonsense\r\n\r\n',
  empty: '',
  'half a header': 'HTTP/1.1 200 OK\r\nContent-Le',
  'bad version': 'HTTP/7.0 200 OK\r\n\r\n',
  'bad status': 'HTTP/1.1 abc\r\n\r\n',
  'bad length': 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
  'bad chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
  'short body': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort',
  'more than the length': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger',
  'two answers': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2',
  'until close': 'HTTP/1.1 200 OK\r\n\r\nall of it',
  'nothing but 100': 'HTTP/1.1 100 Continue\r\n\r\n',
};
let next;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(next));
});
const port = await listening(server);
for (const [name, answer] of Object.entries(answers)) {
  next = answer;
  const req = get({ port, host: '127.0.0.1' });
  const seen = [];
  req.on('error', (error) => seen.push(`${error.code} ${error.message}`));
  req.on('response', (res) => {
    seen.push(res.statusCode);
    res.setEncoding('utf8');
    res.on('data', (text) => seen.push(text));
    res.on('error', (error) => seen.push(`response ${error.code} ${error.message}`));
    res.on('end', () => seen.push(`end ${res.complete}`));
  });
  await closed(req);
  console.log(name, seen);
}
server.close();
