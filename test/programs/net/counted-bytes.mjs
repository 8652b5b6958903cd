// Bytes are counted as bytes, whatever was written, when it was written and who reads.
import { connect, createServer } from 'node:net';

const server = createServer({ allowHalfOpen: true }, (socket) => {
  socket.setEncoding('utf8');
  let characters = 0;
  socket.on('data', (data) => {
    characters += data.length;
  });
  socket.on('end', () => {
    console.log('server', socket.bytesRead, characters, socket.bytesWritten);
    socket.write(new Uint8Array(7));
    socket.end('€', () => console.log('server', socket.bytesWritten));
  });
});
server.listen(0, '127.0.0.1', () => {
  const client = connect(server.address().port, '127.0.0.1');
  const said = () => console.log('client', client.bytesWritten, client.bytesRead, client.writableLength);
  client.write('grün');
  client.write('£', 'latin1');
  said();
  client.on('connect', () => {
    said();
    client.cork();
    client.write('€uro');
    client.write(Buffer.alloc(10));
    client.write('ff00', 'hex');
    client.write('AAAA', 'base64');
    client.write('ab', 'utf16le');
    said();
    client.uncork();
    said();
    client.end('ü'.repeat(1000));
    said();
  });
  client.on('data', () => {});
  client.on('close', () => {
    console.log('close', client.bytesWritten, client.bytesRead);
    server.close(() => console.log(client.bytesWritten, client.bytesRead));
  });
});
