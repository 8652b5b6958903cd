// What is no text and no bytes is not written; empty pieces call back like others.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  let size = 0;
  socket.on('data', (data) => {
    size += data.length;
  });
  socket.on('end', () => {
    console.log('server read', size);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1', () => {
    for (const thing of [null, undefined, 1, {}, [], true, () => {}, new ArrayBuffer(3)]) {
      try {
        client.write(thing);
        console.log('taken');
      } catch (error) {
        console.log(error.name, error.code, error.message.split('\n')[0]);
      }
    }
    try {
      client.write('text', 'nonsense');
    } catch (error) {
      console.log(error.code, error.message);
    }
    client.write('', () => console.log('empty text'));
    client.write(Buffer.alloc(0), () => console.log('empty buffer'));
    client.write(new Uint8Array([1, 2, 3]), () => console.log('bytes'));
    try {
      client.write(new Uint16Array([1, 2]), () => console.log('sixteen bits'));
    } catch (error) {
      console.log(error.code);
    }
    client.write(Buffer.from('abcdef').subarray(2, 4), () => console.log('a part'));
    client.end();
  });
  client.resume();
  client.on('error', (error) => console.log('error', error.code));
});
