// Fetches from a server of files, with fetch and with node:http. With WEB_FILE, that file alone, and says its SHA-256.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { buffer, text } from 'node:stream/consumers';

const { WEB_HOST = 'localhost', WEB_PORT = '8080', WEB_FILE } = process.env;
const origin = `http://${WEB_HOST}:${WEB_PORT}`;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function ask(method, path, body) {
  const asked = request(origin + path, { method, agent });
  asked.end(body);
  const [response] = await once(asked, 'response');
  return response;
}

async function look() {
  const page = await fetch(`${origin}/`);
  console.log(page.status, page.headers.get('content-type'));
  console.log((await page.text()).trim());

  const drawing = await ask('GET', '/network.svg');
  console.log(drawing.statusCode, drawing.headers['content-type'], (await text(drawing)).length, 'bytes');
  const head = await ask('HEAD', '/network.svg');
  console.log(head.statusCode, head.headers['content-length'], (await text(head)).length, 'bytes');
  for (const path of ['/nowhere', '/../server.mjs', '/%2e%2e/server.mjs', '/%']) {
    console.log(path, (await text(await ask('GET', path))).trim());
  }
  const put = await ask('PUT', '/network.svg', 'something else');
  console.log('PUT', put.statusCode, 'allowed are', put.headers.allow);
  await text(put);

  const sent = randomBytes(2_000_000);
  const answer = await text(await ask('POST', '/digest', sent));
  console.log('2000000 bytes posted,', answer.trim() === sha256(sent) ? 'and they arrived' : 'and others arrived');
}

async function download(path) {
  const byHttp = await buffer(await ask('GET', path));
  console.log(`http: ${byHttp.length} bytes, sha256 ${sha256(byHttp)}`);
  const byFetch = Buffer.from(await (await fetch(origin + path)).arrayBuffer());
  console.log(`fetch: ${byFetch.length} bytes, sha256 ${sha256(byFetch)}`);
}

await (WEB_FILE === undefined ? look() : download(WEB_FILE));
agent.destroy();
