// A lookup of one's own is asked for names on bind, send and connect, and its failures are told.
import { createSocket } from 'node:dgram';

const asked = [];
const lookup = (host, family, callback) => {
  asked.push(`${host} ${JSON.stringify(family)}`);
  if (host === 'bad.test') return callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
  if (host === 'late.test') return setTimeout(callback, 5, null, '127.0.0.1', 4);
  callback(null, '127.0.0.1', 4);
};
const server = createSocket({ type: 'udp4', lookup });
server.bind(0, 'server.test', async () => {
  const { port, address } = server.address();
  console.log('bound to', address);
  const client = createSocket({ type: 'udp4', lookup });
  const seen = [];
  server.on('message', (message) => seen.push(`${message}`));
  const send = (host) =>
    new Promise((resolve) =>
      client.send(`to ${host}`, port, host, (error, bytes) =>
        resolve(console.log(host, error?.code, error?.message, bytes)),
      ),
    );
  await send('good.test');
  await send('late.test');
  await send('bad.test');
  await send('127.0.0.1');
  client.on('error', (error) => console.log('event', error.code));
  client.send('x', port, 'bad.test');
  await new Promise((resolve) =>
    client.connect(port, 'bad.test', (error) => resolve(console.log('connect', error?.code))),
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  console.log(seen.join(', '), '|', asked.join(', '));
  client.close();
  server.close();
});
