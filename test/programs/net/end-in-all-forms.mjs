// end takes data, an encoding and a callback in each form, and calls back each caller once.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  let text = '';
  socket.on('data', (data) => {
    text += data.toString('latin1');
  });
  socket.on('end', () => {
    texts.set(socket.remotePort, text);
    server.emit('text');
  });
});
const texts = new Map();
const forms = {
  nothing: (socket, done) => socket.end(done),
  text: (socket, done) => socket.end('text', done),
  encoded: (socket, done) => socket.end('dGV4dA==', 'base64', done),
  buffer: (socket, done) => socket.end(Buffer.from('buffer'), done),
  twice: (socket, done) => {
    socket.end('once', done);
    socket.end(done);
  },
  'twice with data': (socket, done) => {
    socket.end('once', done);
    socket.end('more', done);
  },
  empty: (socket, done) => socket.end('', done),
};
server.listen(0, '127.0.0.1', async () => {
  for (const early of [true, false]) {
    for (const [name, form] of Object.entries(forms)) {
      const log = [];
      let port;
      const client = connect(server.address().port, '127.0.0.1');
      client.on('connect', () => {
        port = client.localPort;
      });
      const done = (error) => log.push(`done ${error?.code}`);
      if (early) form(client, done);
      else client.on('connect', () => form(client, done));
      client.on('finish', () => log.push('finish'));
      client.on('error', (error) => log.push(`error ${error.code}`));
      client.resume();
      await new Promise((resolve) => client.on('close', resolve));
      while (name !== 'twice with data' && !texts.has(port))
        await new Promise((resolve) => server.once('text', resolve));
      console.log(early, name, log.join(' '), name === 'twice with data' ? '' : JSON.stringify(texts.get(port)));
    }
  }
  server.close();
});
