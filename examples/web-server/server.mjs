// A server of files on Node's own http. What is posted to /digest is answered with its SHA-256.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const { WEB_PORT = '8080', WEB_ROOT = fileURLToPath(new URL('./public', import.meta.url)) } = process.env;
const TYPES = { '.html': 'text/html; charset=utf-8', '.txt': 'text/plain; charset=utf-8', '.svg': 'image/svg+xml' };

function refuse(response, status, headers = {}) {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(`${status}\n`);
}

async function digest(request, response) {
  const hash = createHash('sha256');
  for await (const chunk of request) hash.update(chunk);
  response.end(`${hash.digest('hex')}\n`);
}

async function file(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  // An absolute path that is normalized has no way out of the folder.
  let path = join(WEB_ROOT, normalize(decodeURIComponent(pathname)));
  let found = await stat(path).catch(() => null);
  if (found?.isDirectory()) {
    path = join(path, 'index.html');
    found = await stat(path).catch(() => null);
  }
  if (found === null || !found.isFile()) return refuse(response, 404);
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-length': found.size,
  });
  if (request.method === 'HEAD') return response.end();
  await pipeline(createReadStream(path), response);
}

async function answer(request, response) {
  const { method, url } = request;
  if (method === 'POST' && url === '/digest') return digest(request, response);
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405, { allow: 'GET, HEAD' });
  return file(request, response);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (error instanceof URIError && !response.headersSent) refuse(response, 400);
    // Whoever asked has gone away.
    else response.destroy();
  });
});
await once(server.listen(Number(WEB_PORT)), 'listening');
console.log(`web: listening at port ${server.address().port}`);
process.once('SIGINT', () => server.close());
