// The diagnostics channels of http and net tell of each request with its message and socket.
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { closed } from '../fixtures/closed.mjs';
import { journal } from '../fixtures/journal.mjs';
import { listening } from '../fixtures/listening.mjs';

const { client, server: told } = journal('client', 'server');
for (const name of ['http.client.request.start', 'http.client.response.finish', 'net.client.socket']) {
  channel(name).subscribe((message) => client(name, Object.keys(message).sort().join()));
}
for (const name of ['http.server.request.start', 'http.server.response.finish', 'net.server.socket']) {
  channel(name).subscribe((message) => told(name, Object.keys(message).sort().join(), message.socket.remoteAddress));
}
const server = createServer((_req, res) => res.end('x'));
const port = await listening(server);
const req = get({ port, host: '127.0.0.1' });
client(await text((await once(req, 'response'))[0]));
channel('http.client.request.error').subscribe(({ request, error }) => client('error', request === bad, error.code));
server.close();
await closed(server);
const bad = get({ port, host: '127.0.0.1' });
bad.on('error', (error) => client(error.code));
