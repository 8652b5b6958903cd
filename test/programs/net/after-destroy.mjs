// A destroyed socket takes every call without an exception and answers what Node answers.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1', () => {
    client.destroy();
    const calls = {
      write: () => client.write('x', (error) => console.log('write callback', error.code)),
      end: () => client.end((error) => console.log('end callback', error?.code)) === client,
      destroy: () => client.destroy(new Error('late')) === client,
      destroySoon: () => client.destroySoon(),
      pause: () => client.pause() === client,
      resume: () => client.resume() === client,
      setTimeout: () => client.setTimeout(10, () => console.log('timeout?')) === client,
      setNoDelay: () => client.setNoDelay() === client,
      setKeepAlive: () => client.setKeepAlive(true) === client,
      ref: () => client.ref() === client,
      unref: () => client.unref() === client,
      address: () => JSON.stringify(client.address()),
      read: () => client.read(),
      cork: () => client.cork(),
      uncork: () => client.uncork(),
      bytes: () => `${client.bytesRead} ${client.bytesWritten} ${client.bufferSize}`,
      state: () => client.readyState,
    };
    for (const [name, call] of Object.entries(calls)) {
      try {
        console.log(name, call());
      } catch (error) {
        console.log(name, 'throws', error.code, error.message);
      }
    }
  });
  client.on('error', (error) => console.log('error', error.code, error.message));
  client.on('close', (had) => {
    console.log('close', had);
    server.close();
  });
});
