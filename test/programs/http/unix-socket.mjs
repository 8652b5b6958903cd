// HTTP over a Unix socket works beside HTTP over TCP.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { listening } from '../fixtures/listening.mjs';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const socketPath = join(folder, 'it.sock');
const answer = (req, res) => res.end(`${req.url} from ${req.socket.remoteAddress} ${typeof req.socket.address()}`);
const [local, tcp] = [createServer(answer), createServer(answer)];
local.listen(socketPath);
await once(local, 'listening');
const port = await listening(tcp);
console.log(local.address() === socketPath);
const agent = new Agent({ keepAlive: true });
for (const options of [{ socketPath }, { port, host: '127.0.0.1' }, { socketPath, agent }, { socketPath, agent }]) {
  const req = get({ path: '/x', ...options });
  const [res] = await once(req, 'response');
  console.log(await text(res), req.reusedSocket);
  await new Promise(setImmediate);
}
const missing = get({ socketPath: join(folder, 'none.sock') });
const [error] = await once(missing, 'error');
console.log(error.code, error.syscall, error.address === join(folder, 'none.sock'));
agent.destroy();
tcp.close();
local.close(() => rmSync(folder, { recursive: true }));
