// ORIGIN and ALTSVC frames come to the client as sent.
import { once } from 'node:events';
import { connect, createSecureServer } from 'node:http2';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createSecureServer({ ...identity, origins: ['https://first.example', 'https://second.example:444'] });
server.on('stream', (stream) => {
  stream.session.altsvc('h2=":8000"', 'https://example.org:80');
  stream.session.altsvc('h2=":9000"', stream.id);
  stream.session.origin('https://third.example/path', new URL('https://fourth.example'));
  stream.respond();
  stream.end();
});
const port = await listening(server);
const client = connect(`https://127.0.0.1:${port}`, { ca });
client.on('altsvc', (service, origin, stream) => console.log('altsvc', service, origin, stream));
client.on('origin', (origins) => console.log('origin', origins));
await once(client, 'origin');
const stream = client.request();
await once(stream.resume(), 'close');
console.log(client.originSet.map((origin) => origin.replace(`:${port}`, ':PORT')));
client.close();
server.close();
