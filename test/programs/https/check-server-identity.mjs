// A client's own checkServerIdentity is the last word on the name.
import { once } from 'node:events';
import { createServer, get } from 'node:https';
import { text } from 'node:stream/consumers';
import { alpha, ca } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const server = createServer(alpha, (_req, res) => res.end('reached'));
const port = await listening(server);
for (const checkServerIdentity of [
  undefined,
  (host, certificate) => void console.log('asked', host, certificate.subject.CN),
  (host) => Object.assign(new Error(`I do not like ${host}`), { code: 'MINE' }),
]) {
  const req = get({ port, ca, host: '127.0.0.1', agent: false, ...(checkServerIdentity && { checkServerIdentity }) });
  try {
    console.log(await text((await once(req, 'response'))[0]));
  } catch (error) {
    console.log(error.code, error.message.slice(0, 60));
  }
}
server.close();
