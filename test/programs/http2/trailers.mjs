// Trailers follow the body both ways, and wantTrailers waits for them.
import { connect, createServer } from 'node:http2';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
server.on('stream', (stream) => {
  let body = '';
  stream.on('data', (data) => (body += data));
  stream.on('trailers', (headers, flags) => told('trailers', headers['x-sum'], flags));
  stream.on('end', () => {
    told('end', body);
    stream.respond({}, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      told('wantTrailers', stream.writableEnded);
      stream.sendTrailers({ 'x-length': body.length });
    });
    stream.end(body);
    try {
      stream.sendTrailers({});
    } catch (error) {
      told(error.code);
    }
  });
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
const stream = client.request({ ':method': 'POST' }, { waitForTrailers: true });
stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 42 }));
stream.on('trailers', (headers, flags) => say('trailers', { ...headers }, flags));
stream.on('data', (data) => say(String(data)));
stream.on('end', () => say('end'));
stream.write('one ');
stream.end('two');
await closed(stream);
client.close();
server.close();
