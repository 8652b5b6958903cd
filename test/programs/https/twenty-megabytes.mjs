// Twenty megabytes go there and back through TLS in a pipeline.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { ca, server as identity } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const body = Buffer.alloc(20 << 20);
for (let i = 0; i < body.length; i += 4) body.writeUInt32LE((i * 2654435761) >>> 0, i);
console.log('sent', createHash('sha256').update(body).digest('hex'));
const server = createServer(identity, (req, res) => pipeline(req, res).catch((error) => console.log(error.code)));
const port = await listening(server);
const req = request({ port, ca, host: '127.0.0.1', method: 'POST' });
req.end(body);
const [res] = await once(req, 'response');
const hash = createHash('sha256');
for await (const data of res) hash.update(data);
console.log('heard', hash.digest('hex'));
server.close();
