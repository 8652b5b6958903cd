// A stream that nobody reads stops at its window while another on the same session goes on.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
const written = {};
server.on('stream', async (stream, headers) => {
  const name = headers[':path'];
  written[name] = 0;
  stream.respond();
  for (let i = 0; i < 40; i++) {
    const more = stream.write(Buffer.alloc(16_384, i), () => (written[name] += 16_384));
    if (!more) await once(stream, 'drain');
  }
  stream.end();
});
const client = connect(`http://127.0.0.1:${await listening(server)}`, { settings: { initialWindowSize: 70_000 } });
await once(client, 'remoteSettings');
client.setLocalWindowSize(2_000_000);
console.log(client.state.localWindowSize, client.state.effectiveLocalWindowSize);
const stuck = client.request({ ':path': '/stuck' });
await once(stuck, 'response');
stuck.pause();
const other = client.request({ ':path': '/other' });
let bytes = 0;
for await (const data of other) bytes += data.length;
console.log('other', bytes, 'stuck wrote all', written['/stuck'] === 40 * 16_384);
bytes = 0;
stuck.on('data', (data) => (bytes += data.length)).resume();
await once(stuck, 'end');
console.log('stuck', bytes, written['/stuck'] === 40 * 16_384);
client.close();
server.close();
