// When each address refuses, the error holds them all.
import { connect, createServer } from 'node:net';

const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  server.close(() => {
    const lookup = (_, _options, callback) =>
      callback(
        null,
        ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) => ({ address, family: 4 })),
      );
    const client = connect({
      port,
      host: 'many.test',
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 500,
    });
    client.write('x', (error) => console.log('write', error.code));
    client.on('connectionAttemptFailed', (ip) => console.log('failed', ip));
    client.on('error', (error) => {
      console.log(error.name, error.code, JSON.stringify(error.message), error.errors.length);
      for (const each of error.errors)
        console.log(
          each.code,
          each.errno,
          each.syscall,
          each.address,
          each.port === port,
          each.message.replace(port, 'PORT'),
        );
    });
    client.on('close', (had) => console.log('close', had, client.autoSelectFamilyAttemptedAddresses.length));
  });
});
