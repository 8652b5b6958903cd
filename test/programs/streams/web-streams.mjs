// A socket as a pair of web streams is read, written and closed.
import { connect, createServer } from 'node:net';
import { Duplex } from 'node:stream';

const server = createServer((socket) => socket.pipe(socket));
server.listen(0, '127.0.0.1', async () => {
  const client = connect(server.address().port, '127.0.0.1');
  const { readable, writable } = Duplex.toWeb(client);
  const writer = writable.getWriter();
  await writer.ready;
  const upper = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) });
  const text = readable.pipeThrough(new TextDecoderStream()).pipeThrough(upper);
  const write = (async () => {
    for (const word of ['one ', 'two ', 'drei ü ', 'vier']) await writer.write(Buffer.from(word));
    await writer.close();
  })();
  let all = '';
  for await (const chunk of text) all += chunk;
  await write;
  console.log(all, client.bytesWritten, client.bytesRead);
  server.close(() => console.log('closed', client.destroyed));
});
