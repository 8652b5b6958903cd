// createPushResponse, writeContinue, writeEarlyHints and writeInformation reach the client in time.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const handler = (_req, res) => {
  res.writeEarlyHints({ link: '</a.css>; rel=preload' });
  res.createPushResponse({ ':path': '/pushed' }, (error, push) => {
    told('push', error);
    push.setHeader('x-p', '1');
    push.end('pushed text');
    res.end('main text');
  });
};
const server = createServer(handler);
server.on('checkContinue', (req, res) => {
  told('checkContinue', req.headers.expect);
  res.writeContinue();
  handler(req, res);
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const pushed = once(client, 'stream').then(async ([stream, headers]) => say(headers[':path'], await text(stream)));
const stream = client.request({ ':method': 'POST', expect: '100-continue' });
stream.on('continue', () => {
  say('continue');
  stream.end('body');
});
stream.on('headers', (headers) => say('information', headers[':status'], headers.link));
say((await once(stream, 'response'))[0][':status'], await text(stream));
await pushed;
client.close();
server.close();
