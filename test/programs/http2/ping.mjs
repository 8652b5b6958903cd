// A ping comes back with its payload and a duration, from both sides, and too many wait in vain.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { listening } from '../fixtures/listening.mjs';

const server = createServer();
const port = await listening(server);
const client = connect(`http://127.0.0.1:${port}`, { maxOutstandingPings: 2 });
const [[session]] = await Promise.all([once(server, 'session'), once(client, 'connect')]);
const heard = { client: [], server: [] };
client.on('ping', (payload) => heard.client.push(String(payload)));
session.on('ping', (payload) => heard.server.push(String(payload)));
const ping = (from, payload) =>
  new Promise((resolve) => {
    from.ping(Buffer.from(payload), (error, duration, echo) =>
      resolve([error?.code ?? null, typeof duration, String(echo)]),
    );
  });
console.log(await ping(client, '12345678'));
console.log(await ping(session, 'abcdefgh'));
console.log(await Promise.all([ping(client, 'aaaaaaaa'), ping(client, 'bbbbbbbb'), ping(client, 'cccccccc')]));
try {
  client.ping(Buffer.from('short'), () => {});
} catch (error) {
  console.log(error.code);
}
console.log(heard);
const last = ping(client, 'too late');
client.destroy();
console.log(await last);
server.close();
