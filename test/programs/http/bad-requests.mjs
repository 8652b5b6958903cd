// Each broken request gets 400 and a 'clientError' with the parser's code and the bytes.
import { createServer } from 'node:http';
import { exchange } from '../fixtures/exchange.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((_req, res) => {
  res.sendDate = false;
  res.shouldKeepAlive = false;
  res.end('fine');
});
const port = await listening(server);
const requests = {
  'no request at all': 'complete nonsense\r\n\r\n',
  'unknown method': 'BREW /pot HTTP/1.1\r\nHost: here\r\n\r\n',
  'bad version': 'GET / HTTP/9.9\r\nHost: here\r\n\r\n',
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'header without colon': 'GET / HTTP/1.1\r\nHost: here\r\nbroken header\r\n\r\n',
  'bad length': 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: ten\r\n\r\n',
  'two lengths': 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
  'length and chunks':
    'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'bad chunk size': 'POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'space before colon': 'GET / HTTP/1.1\r\nHost : here\r\n\r\n',
  'null in a header': 'GET / HTTP/1.1\r\nHost: here\r\nX: a\0b\r\n\r\n',
  'TLS hello': '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03',
};
for (const [name, text] of Object.entries(requests)) {
  const said = await exchange(port, text).catch((error) => error.code);
  console.log(name, '->', JSON.stringify(said.split('\r\n').slice(0, 2)));
}
server.on('clientError', (error, socket) => {
  console.log(error.code, error.bytesParsed, error.rawPacket?.length, socket.writable);
  socket.end('HTTP/1.1 499 Mine\r\n\r\n');
});
for (const text of Object.values(requests))
  console.log((await exchange(port, text).catch((error) => error.code)).split('\r\n')[0]);
server.close();
