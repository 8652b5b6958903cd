// Two hundred connections at once each get their own answer.
import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';

let most = 0;
const server = createServer({ allowHalfOpen: true }, (socket) => {
  const hash = createHash('sha1');
  socket.on('data', (data) => hash.update(data));
  socket.on('end', () => socket.end(hash.digest('hex')));
  server.getConnections((_, count) => {
    most = Math.max(most, count);
  });
});
server.listen(0, '127.0.0.1', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const client = connect(server.address().port, '127.0.0.1');
      client.end(`${i}`.repeat(i * 20 + 1));
      const chunks = [];
      for await (const chunk of client) chunks.push(chunk);
      const expected = createHash('sha1')
        .update(`${i}`.repeat(i * 20 + 1))
        .digest('hex');
      return Buffer.concat(chunks).toString() === expected;
    }),
  );
  console.log(answers.length, answers.every(Boolean), most > 1);
  server.close(() => server.getConnections((error, count) => console.log('left', error, count)));
});
