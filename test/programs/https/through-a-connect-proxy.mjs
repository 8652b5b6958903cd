// A request goes through a CONNECT proxy, with its own TLS inside of the tunnel and TLS to the proxy, too.
import { once } from 'node:events';
import { createServer as createPlain, request as requestPlain } from 'node:http';
import { createServer, request } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { ca, server as identity, rsa } from '../fixtures/certificates.mjs';
import { listening } from '../fixtures/listening.mjs';

const origin = createServer(identity, async (req, res) => res.end(`${req.url} ${(await text(req)).length}`));
const target = await listening(origin);
const tunnel = (req, socket, head) => {
  const out = connect(Number(req.url.split(':')[1]), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    out.write(head);
    out.pipe(socket).pipe(out);
  });
  for (const each of [out, socket]) each.on('error', () => each.destroy());
};
for (const [proxy, ask] of [
  [createPlain(), requestPlain],
  [createServer(rsa), request],
]) {
  proxy.on('connect', tunnel);
  const port = await listening(proxy);
  const [res, socket] = await once(
    ask({ port, ca, host: '127.0.0.1', method: 'CONNECT', path: `127.0.0.1:${target}` }).end(),
    'connect',
  );
  const inner = connectTls({ socket, ca, servername: 'localhost' });
  await once(inner, 'secureConnect');
  const req = request({ path: '/inside', method: 'POST', createConnection: () => inner });
  req.end('x'.repeat(200_000));
  const [answer] = await once(req, 'response');
  console.log(res.statusCode, inner.authorized, await text(answer));
  inner.destroy();
  proxy.close();
}
origin.close();
