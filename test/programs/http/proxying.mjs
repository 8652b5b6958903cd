// A streaming proxy passes status, headers, bodies and a client's leaving through.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const origin = createServer((req, res) => {
  res.on('close', () => origin.emit(`closed ${req.url}`, res.writableFinished));
  res.writeHead(req.url === '/endless' ? 200 : 418, 'As I say', { 'X-From': 'origin' });
  if (req.url === '/endless') res.write('begin');
  else pipeline(req, res, () => {});
});
const target = await listening(origin);
const proxy = createServer((req, res) => {
  const { method, url: path, headers } = req;
  const onward = request({ port: target, host: '127.0.0.1', method, path, headers }, (answer) => {
    res.writeHead(answer.statusCode, answer.statusMessage, answer.headers);
    pipeline(answer, res, () => {});
  });
  pipeline(req, onward, () => {});
  res.on('close', () => onward.destroy());
});
const port = await listening(proxy);
const post = request({ port, host: '127.0.0.1', method: 'POST', path: '/echo' });
post.end('body '.repeat(20_000));
const [res] = await once(post, 'response');
console.log(res.statusCode, res.statusMessage, res.headers['x-from'], (await text(res)).length);
const endless = request({ port, host: '127.0.0.1', path: '/endless' }).end();
const [begin] = await once(endless, 'response');
console.log(String((await once(begin, 'data'))[0]));
const gone = once(origin, 'closed /endless');
endless.destroy();
console.log('finished', ...(await gone));
proxy.close();
origin.close();
