// One connection serves one fetch after another, and several serve several at once.
import { createServer } from 'node:http';
import { listening } from '../fixtures/listening.mjs';

let connections = 0;
const held = [];
const server = createServer((req, res) => {
  if (req.url !== '/together') return res.end(req.url);
  held.push(res);
  if (held.length === 5) for (const each of held) each.end('x');
});
server.on('connection', () => connections++);
const base = `http://127.0.0.1:${await listening(server)}`;
for (let i = 0; i < 5; i++) {
  console.log(await (await fetch(`${base}/${i}`)).text());
  await new Promise((resolve) => setTimeout(resolve, 5));
}
console.log('one after another', connections);
const bodies = await Promise.all(Array.from({ length: 5 }, async () => (await fetch(`${base}/together`)).text()));
console.log('together', bodies.join(''), connections);
server.close();
server.closeAllConnections();
