// A gateway turns http2 streams into http requests, bodies and aborts included.
import { once } from 'node:events';
import { createServer as createOrigin, request } from 'node:http';
import { connect, createServer } from 'node:http2';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const origin = createOrigin((req, res) => {
  res.on('close', () => origin.emit(`closed ${req.url}`, res.writableFinished));
  res.setHeader('x-method', req.method);
  if (req.url === '/endless') res.write('begin');
  else req.pipe(res);
});
const target = await listening(origin);
const gateway = createServer();
gateway.on('stream', (stream, headers) => {
  const onward = request(
    { host: '127.0.0.1', port: target, method: headers[':method'], path: headers[':path'] },
    (res) => {
      stream.respond({ ':status': res.statusCode, 'x-method': res.headers['x-method'] });
      pipeline(res, stream, () => {});
    },
  );
  stream.on('error', () => {});
  stream.on('close', () => onward.destroy());
  onward.on('error', () => {});
  stream.pipe(onward);
});
const client = connect(`http://127.0.0.1:${await listening(gateway)}`);
const stream = client.request({ ':method': 'POST', ':path': '/echo' });
stream.end('to and fro '.repeat(30_000));
console.log((await once(stream, 'response'))[0]['x-method'], (await text(stream)).length);
const endless = client.request({ ':path': '/endless' });
console.log(String((await once(endless, 'data'))[0]));
const over = once(origin, 'closed /endless');
const gone = closed(endless);
endless.close(8);
console.log(...(await over));
await gone;
client.close();
gateway.close();
origin.close();
