// getConnections counts what is open, answers later, and drops what has closed.
import { connect, createServer } from 'node:net';

const server = createServer((socket) => {
  sockets.push(socket);
  socket.resume();
  if (sockets.length === 3) count();
});
const sockets = [];
const ask = () =>
  new Promise((resolve, reject) => server.getConnections((error, many) => (error ? reject(error) : resolve(many))));
async function count() {
  let later = true;
  const asked = ask().then((many) => console.log('three', many, later));
  later = false;
  await asked;
  const closed = new Promise((resolve) => sockets[0].on('close', resolve));
  clients[0].destroy();
  await closed;
  console.log('one less', await ask());
  server.close(() => console.log('closed'));
  console.log('closing', await ask(), server.listening, server.connections);
  for (const client of clients) client.end();
}
const clients = [];
console.log('returns', server.getConnections(() => {}) === server);
server.listen(0, '127.0.0.1', () => {
  for (let i = 0; i < 3; i++) clients.push(connect(server.address().port, '127.0.0.1').resume());
});
