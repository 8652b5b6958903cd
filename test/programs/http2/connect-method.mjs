// CONNECT tunnels through a stream, and extended CONNECT waits for the server's setting.
import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import { connect as connectNet, createServer as createNetServer } from 'node:net';
import { closed } from '../fixtures/closed.mjs';
import { listening } from '../fixtures/listening.mjs';

const origin = createNetServer((socket) => {
  socket.on('data', (data) => socket.write(String(data).toUpperCase()));
});
const target = await listening(origin);
const proxy = createServer({ settings: { enableConnectProtocol: true } });
proxy.on('stream', (stream, headers) => {
  console.log(
    headers[':method'],
    headers[':authority'].replace(target, 'PORT'),
    headers[':path'],
    headers[':protocol'],
  );
  if (headers[':protocol']) {
    stream.respond({ ':status': 200 });
    stream.pipe(stream);
    return;
  }
  const [host, port] = headers[':authority'].split(':');
  const socket = connectNet(Number(port), host, () => {
    stream.respond();
    socket.pipe(stream);
    stream.pipe(socket);
  });
});
const client = connect(`http://127.0.0.1:${await listening(proxy)}`);
const [settings] = await once(client, 'remoteSettings');
console.log(settings.enableConnectProtocol);
const tunnel = client.request({ ':method': 'CONNECT', ':authority': `127.0.0.1:${target}` });
await once(tunnel, 'response');
tunnel.setEncoding('utf8');
for (const word of ['one', 'two']) {
  tunnel.write(word);
  console.log((await once(tunnel, 'data'))[0]);
}
tunnel.end();
await closed(tunnel);
const extended = client.request({
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':path': '/chat',
  ':authority': 'chat.example',
  ':scheme': 'http',
});
extended.setEncoding('utf8');
extended.write('frames');
console.log((await once(extended, 'data'))[0]);
extended.end();
await once(extended.resume(), 'close');
for (const wrong of [
  { ':method': 'CONNECT', ':path': '/' },
  { ':method': 'CONNECT', ':authority': 'x', ':scheme': 'http' },
]) {
  try {
    client.request(wrong);
  } catch (error) {
    console.log(error.code);
  }
}
client.close();
proxy.close();
origin.close();
