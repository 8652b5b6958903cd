// Who names a local address leaves the choice among several addresses, and fails where it is not ours.
import { connect, createServer } from 'node:net';

const server = createServer().listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const lookup = (_, options, callback) => {
    console.log(options);
    if (options.all)
      callback(
        null,
        ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 })),
      );
    else callback(null, '127.0.0.2', 4);
  };
  const client = connect({ port, host: 'many.test', lookup, autoSelectFamily: true, localAddress: '203.0.113.9' });
  client.on('connectionAttemptFailed', (ip, _at, _family, error) =>
    console.log('failed', ip, error.code, error.syscall),
  );
  client.on('error', (error) =>
    console.log(
      error.name,
      error.code,
      error.errors?.map((each) => `${each.syscall} ${each.code} ${each.address}`),
    ),
  );
  client.on('close', (had) => {
    console.log('close', had);
    server.close();
  });
});
