// Each form of send sends what it should and counts its bytes.
import { createSocket } from 'node:dgram';

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const client = createSocket('udp4');
  const bytes = Buffer.from('0123456789');
  const forms = {
    text: (done) => client.send('text €', port, '127.0.0.1', done),
    buffer: (done) => client.send(bytes, port, '127.0.0.1', done),
    'offset and length': (done) => client.send(bytes, 2, 5, port, '127.0.0.1', done),
    'text with offset': (done) => client.send('äbcdef', 2, 3, port, '127.0.0.1', done),
    list: (done) => client.send([bytes, 'and', new Uint8Array([65, 66])], port, '127.0.0.1', done),
    'empty list': (done) => client.send([], port, '127.0.0.1', done),
    'empty text': (done) => client.send('', port, '127.0.0.1', done),
    'empty part': (done) => client.send(bytes, 0, 0, port, '127.0.0.1', done),
    'typed array': (done) => client.send(new Uint16Array([0x4141, 0x4242]), port, '127.0.0.1', done),
    view: (done) => client.send(new DataView(bytes.buffer, bytes.byteOffset + 3, 4), port, '127.0.0.1', done),
    name: (done) => client.send('by name', port, 'localhost', done),
    'text port': (done) => client.send('text port', String(port), '127.0.0.1', done),
    'no host': (done) => client.send('no host', port, done),
    'null host': (done) => client.send('null host', port, null, done),
  };
  for (const [name, form] of Object.entries(forms)) {
    const came = new Promise((resolve) => server.once('message', resolve));
    const sent = await new Promise((resolve) => form((error, count) => resolve(`${error} ${count}`)));
    const message = await came;
    console.log(name, '|', sent, '|', message.length, `${message}`);
  }
  server.close();
  client.close();
});
