// Redirects are followed, shown or refused as asked, with the method that each status keeps.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(async (req, res) => {
  const body = await text(req);
  const [, status] = /^\/(\d+)/.exec(req.url) ?? [];
  if (status) return res.writeHead(Number(status), { Location: '/end#here' }).end();
  if (req.url === '/loop') return res.writeHead(302, { Location: '/loop' }).end();
  res.end(`${req.method} ${req.url} ${body}`);
});
const base = `http://127.0.0.1:${await listening(server)}`;
for (const status of [301, 302, 303, 307, 308]) {
  const response = await fetch(`${base}/${status}`, { method: 'POST', body: 'body' });
  console.log(status, response.redirected, response.url.replace(base, ''), await response.text());
}
const manual = await fetch(`${base}/302`, { redirect: 'manual' });
console.log(manual.status, manual.type, manual.headers.get('location'), await manual.text());
for (const [path, redirect] of [
  ['/302', 'error'],
  ['/loop', 'follow'],
]) {
  await fetch(base + path, { redirect }).catch((error) =>
    console.log(path, error.name, error.message, error.cause?.message),
  );
}
server.close();
