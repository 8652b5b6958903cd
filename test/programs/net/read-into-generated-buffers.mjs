// With onread a function makes each buffer, and is asked once before the first piece.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => socket.end('abcdefgh'.repeat(1000)));
server.listen(0, '127.0.0.1', () => {
  let [made, read, total] = [0, 0, 0];
  const given = new Set();
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    onread: {
      buffer: () => {
        made++;
        const each = new Uint8Array(made % 2 === 0 ? 100 : 1500);
        given.add(each);
        return each;
      },
      callback: (size, into) => {
        read++;
        total += size;
        if (!given.has(into) || size > into.length) console.log('not ours');
      },
    },
  });
  console.log('made before connecting', made);
  client.on('end', () => console.log('end', total, made >= read));
  client.on('close', () => server.close());
});
