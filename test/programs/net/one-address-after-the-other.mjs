// With several addresses the refused ones are told and the first that takes is used.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end('from the third'));
server.listen(0, '127.0.0.3', () => {
  const { port } = server.address();
  const lookup = (_, _options, callback) =>
    callback(
      null,
      ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'].map((address) => ({ address, family: 4 })),
    );
  const client = connect({ port, host: 'many.test', lookup, autoSelectFamily: true });
  client.on('lookup', (error, address, family, host) => console.log('lookup', error, address, family, host));
  client.on('connectionAttempt', (ip, at, family) =>
    console.log('attempt', ip, at === port, family, client.connecting),
  );
  client.on('connectionAttemptFailed', (ip, at, family, error) => {
    console.log('failed', ip, at === port, family, error.code, error.syscall, error.message.replace(port, 'PORT'));
  });
  client.on('connectionAttemptTimeout', () => console.log('timeout?'));
  client.on('connect', () => console.log('connect', client.remoteAddress));
  console.log(client.autoSelectFamilyAttemptedAddresses.length);
  client.on('data', (data) => console.log(`${data}`));
  client.on('close', (had) => {
    console.log(
      'close',
      had,
      client.autoSelectFamilyAttemptedAddresses?.map((each) => each.replace(port, 'PORT')),
    );
    server.close();
  });
});
