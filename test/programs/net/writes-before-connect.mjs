// What is written before the connection stands is kept, counted, and sent in order with its callbacks.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  let seen = '';
  socket.setEncoding('utf8');
  socket.on('data', (data) => {
    seen += data;
  });
  socket.on('end', () => {
    console.log('server read', seen);
    server.close();
  });
});
server.listen(0, '127.0.0.1', () => {
  const log = [];
  const client = connect(server.address().port, '127.0.0.1');
  const state = (when) =>
    log.push(
      `${when}: connecting ${client.connecting} pending ${client.pending} ${client.readyState} written ${client.bytesWritten} length ${client.writableLength} buffer ${client.bufferSize} local ${client.localAddress} remote ${client.remoteAddress}`,
    );
  state('at once');
  log.push(client.write('one ', () => state('one written')));
  log.push(client.write(Buffer.from('two '), () => log.push('two written')));
  log.push(client.write('drei ü ', 'latin1', () => log.push('three written')));
  log.push(client.write('3420', 'hex', () => log.push('four written')));
  state('after writes');
  client.on('connect', () => state('connect'));
  client.on('ready', () => state('ready'));
  client.on('drain', () => log.push('drain'));
  client.end('five', () => state('ended'));
  state('after end');
  client.on('finish', () => log.push('finish'));
  client.resume();
  client.on('close', () => {
    state('close');
    console.log(log.join('\n'));
  });
});
