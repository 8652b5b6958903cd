// The iterator helpers of streams work on sockets, and leaving them early closes.
import { connect, createServer } from 'node:net';
import { compose, Transform } from 'node:stream';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.end(Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''));
});
const lines = () => {
  let rest = '';
  return new Transform({
    readableObjectMode: true,
    transform(chunk, _, done) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      for (const part of parts) this.push(Number(part));
      done();
    },
  });
};
server.listen(0, '127.0.0.1', async () => {
  const open = () => connect(server.address().port, '127.0.0.1');
  const whole = open().pipe(lines());
  console.log((await whole.toArray()).length);
  const even = open()
    .pipe(lines())
    .filter((n) => n % 2 === 0)
    .map((n) => n * n);
  console.log(await even.take(5).toArray());
  console.log(
    await open()
      .pipe(lines())
      .reduce((sum, n) => sum + n, 0),
  );
  const client = open();
  console.log(
    await client.pipe(lines()).some((n) => n === 700),
    await open()
      .pipe(lines())
      .find((n) => n > 42),
  );
  const both = compose(open(), lines());
  console.log(await both.drop(995).toArray());
  server.close();
  client.destroy();
});
