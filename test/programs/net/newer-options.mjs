// Ports that are shared and types of service are as the version of Node has them.
import { once } from 'node:events';
import { connect, createServer, Socket } from 'node:net';

const told = (error) => console.log(error.code, error.syscall, error.message.replace(/\d{4,5}/g, 'PORT'));
const heard = (port) =>
  new Promise((resolve) => {
    let said = '';
    connect(port, '127.0.0.1')
      .on('data', (data) => (said += data))
      .on('close', () => resolve(said));
  });

// reusePort: from versions 22.12 and 23.1 on.
const [first, second, stranger] = ['a', 'b', 'c'].map((letter) => createServer((socket) => socket.end(letter)));
await once(first.listen({ port: 0, host: '127.0.0.1', reusePort: true }), 'listening');
const { port } = first.address();
second.on('error', told).listen({ port, host: '127.0.0.1', reusePort: true });
stranger.on('error', told).listen({ port, host: '127.0.0.1' });
await new Promise((resolve) => setTimeout(resolve, 10));
console.log(first.listening, second.listening, stranger.listening);
const answers = new Set();
for (let i = 0; i < 50; i++) answers.add(await heard(port));
console.log([...answers].sort().join());
first.close();
await once(first, 'close');
if (second.listening) console.log(await heard(port));
second.close();

// setTypeOfService: from version 24.16 on.
const asked = (socket, what, ...given) => {
  try {
    const answer = socket[what]?.(...given);
    console.log(what, given.join(), answer === socket ? 'itself' : answer);
  } catch (error) {
    console.log(what, given.join(), error.code, error.syscall, error.message);
  }
};
const values = [0, 3, 16, 184, 255, 256, -1, 1.5, 'x', Number.NaN];
const server = createServer(async (socket) => {
  asked(socket, 'getTypeOfService');
  asked(socket, 'setTypeOfService', 8);
  asked(socket, 'getTypeOfService');
  socket.end();
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const client = new Socket();
asked(client, 'getTypeOfService');
asked(client, 'setTypeOfService', 32);
asked(client, 'getTypeOfService');
client.connect(server.address().port, '127.0.0.1');
asked(client, 'getTypeOfService');
await once(client, 'connect');
for (const value of values) {
  asked(client, 'setTypeOfService', value);
  asked(client, 'getTypeOfService');
}
await once(client.resume(), 'close');
asked(client, 'getTypeOfService');
asked(client, 'setTypeOfService', 4);
server.close();
