// An answer cut short is 'aborted' with ECONNRESET; without a length or chunks the end is only the end.
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

const server = createServer((req, res) => {
  if (req.url === '/length') res.setHeader('Content-Length', 1000);
  if (req.url === '/identity') res.useChunkedEncodingByDefault = false;
  res.write('a part', () => setTimeout(() => res.destroy(), 10));
});
const port = await listening(server);
for (const path of ['/length', '/chunked', '/identity']) {
  const events = [];
  const req = get({ port, path, host: '127.0.0.1' });
  req.on('error', (error) => events.push(`request ${error.code}`));
  req.on('close', () => events.push('request close'));
  const [res] = await once(req, 'response');
  res.setEncoding('utf8');
  res.on('data', (text) => events.push(text));
  res.on('aborted', () => events.push('aborted'));
  res.on('error', (error) => events.push(`${error.code} ${error.message}`));
  res.on('end', () => events.push('end'));
  await new Promise((resolve) => res.on('close', resolve));
  console.log(path, events, res.complete, res.aborted);
}
server.close();
