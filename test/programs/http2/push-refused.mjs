// A client can cancel a push, and the server's stream closes with that code.
import { connect, constants, createServer } from 'node:http2';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client: say, server: told } = journal('client', 'server');
const server = createServer();
let refused;
server.on('stream', (stream) => {
  stream.pushStream({ ':path': '/unwanted' }, (_error, pushed) => {
    pushed.on('error', (error) => told(error.code));
    refused = new Promise((resolve) => pushed.on('close', resolve));
    refused.then(() => told('closed', pushed.rstCode));
    pushed.respond();
    pushed.write('part');
    stream.respond();
    stream.end('main');
  });
});
const client = connect(`http://127.0.0.1:${await listening(server)}`);
client.on('stream', (pushed) => {
  pushed.close(constants.NGHTTP2_REFUSED_STREAM);
  pushed.on('error', (error) => say(error.code));
  pushed.on('close', () => say('closed', pushed.rstCode));
});
say(await text(client.request()));
await refused;
client.close();
await closed(client);
server.close();
