// noDelay and keepAlive are taken before, at and after connecting, by client and server, and answer the socket.
import { connect, createServer, Socket } from 'node:net';

const fresh = new Socket();
console.log(
  fresh.setNoDelay() === fresh,
  fresh.setNoDelay(false) === fresh,
  fresh.setKeepAlive() === fresh,
  fresh.setKeepAlive(true, 1000) === fresh,
);
console.log(
  fresh.ref() === fresh,
  fresh.unref() === fresh,
  fresh.pause() === fresh,
  fresh.resume() === fresh,
  fresh.setEncoding('utf8') === fresh,
);
const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 }, (socket) => {
  console.log('server', socket.setNoDelay(false) === socket, socket.setKeepAlive(false) === socket);
  socket.end('x');
});
server.listen(0, '127.0.0.1', () => {
  const client = connect({
    port: server.address().port,
    host: '127.0.0.1',
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 500,
  });
  client.setNoDelay(true).setNoDelay(true).setKeepAlive(true, 2000).setKeepAlive(true, 2000.7);
  client.on('connect', () => {
    console.log(
      client.setNoDelay(false) === client,
      client.setKeepAlive(true, 5000) === client,
      client.setKeepAlive(false) === client,
    );
  });
  client.on('data', (data) => console.log(`${data}`));
  client.on('close', (had) => {
    console.log('close', had, client.setNoDelay(true) === client, client.setKeepAlive(true) === client);
    server.close();
  });
});
