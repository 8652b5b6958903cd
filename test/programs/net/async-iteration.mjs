// A socket is iterated to its end; leaving the loop destroys it, and an error ends the loop.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const server = createServer(async (socket) => {
  socket.on('error', () => {});
  const [mode] = await once(socket, 'data');
  if (`${mode}` === 'end') socket.end('abc'.repeat(50_000));
  if (`${mode}` === 'forever') {
    // Who goes on writing when a write has failed keeps the stream busy with failures for ever.
    const more = (error) => !error && !socket.destroyed && socket.write(Buffer.alloc(50_000), more);
    more();
  }
  if (`${mode}` === 'reset') socket.write('x', () => socket.resetAndDestroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
for (const mode of ['end', 'forever', 'reset']) {
  const client = connect(server.address().port, '127.0.0.1');
  client.write(mode);
  let size = 0;
  try {
    for await (const chunk of client) {
      size += chunk.length;
      if (mode === 'forever' && size > 400_000) break;
    }
    console.log(mode, size > 400_000 ? 'enough' : size, client.destroyed, client.readableEnded);
  } catch (error) {
    console.log(mode, error.code, error.syscall, client.destroyed);
  }
}
server.close();
