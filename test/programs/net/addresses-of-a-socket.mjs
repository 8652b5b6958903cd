// A socket knows its ends while it is open; afterwards what it still says is Node's affair.
import { connect, createServer, Socket } from 'node:net';

const ends = (socket, port) =>
  [
    socket.localAddress,
    socket.localPort,
    socket.localFamily,
    socket.remoteAddress,
    socket.remotePort,
    socket.remoteFamily,
  ]
    .map((each) => (each === port ? 'SERVER' : typeof each === 'number' ? 'OTHER' : String(each)))
    .join(' ');
const fresh = new Socket();
console.log('new', ends(fresh), fresh.address());
const server = createServer((socket) => {
  const { port } = server.address();
  console.log('server', ends(socket, port), { ...socket.address(), port: 0 });
  socket.on('close', () => {
    console.log('server closed', ends(socket, port), JSON.stringify(socket.address()).replace(/\d{4,5}/, 'PORT'));
    server.close(() => {
      for (const line of lines) console.log(line);
    });
  });
  socket.on('end', () => console.log('server end', ends(socket, port)));
  socket.end();
  socket.resume();
});
const lines = [];
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const client = connect(port, 'localhost');
  const say = (when) =>
    lines.push(`${when} ${ends(client, port)} ${JSON.stringify(client.address()).replace(/\d{4,5}/, 'PORT')}`);
  say('client at once');
  client.on('lookup', () => say('client lookup'));
  client.on('connect', () => say('client connect'));
  client.on('end', () => say('client end'));
  client.resume();
  client.on('close', () => say('client close'));
});
