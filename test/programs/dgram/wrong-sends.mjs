// What cannot be sent is thrown before anything is bound.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
const bytes = Buffer.alloc(10);
const attempts = {
  'no port': () => socket.send('x'),
  'port 0': () => socket.send('x', 0, '127.0.0.1'),
  'port 65536': () => socket.send('x', 65536, '127.0.0.1'),
  'port text': () => socket.send('x', 'abc', '127.0.0.1'),
  number: () => socket.send(1, 2, '127.0.0.1'),
  nothing: () => socket.send(undefined, 9, '127.0.0.1'),
  object: () => socket.send({}, 9, '127.0.0.1'),
  'list of numbers': () => socket.send([1], 9, '127.0.0.1'),
  'offset behind': () => socket.send(bytes, 20, 1, 9, '127.0.0.1'),
  'length behind': () => socket.send(bytes, 5, 6, 9, '127.0.0.1'),
  'negative length': () => socket.send(bytes, 5, -1, 9, '127.0.0.1'),
  'address number': () => socket.send('x', 9, 12),
  'address true': () => socket.send('x', 9, true),
  type: () => createSocket('udp5'),
  'type nothing': () => createSocket(),
  'type object': () => createSocket({ type: 'tcp' }),
  'lookup text': () => createSocket({ type: 'udp4', lookup: 'x' }),
  'signal text': () => createSocket({ type: 'udp4', signal: 'x' }),
  'receive buffer': () => createSocket({ type: 'udp4', recvBufferSize: 'x' }),
  'bind -1': () => createSocket('udp4').unref().bind(-1),
  'bind text': () => createSocket('udp4').unref().bind({ port: 'abc' }),
  'connect 0': () => socket.connect(0),
  'connect text': () => socket.connect('no'),
  'connect address': () => socket.connect(9, 12),
  address: () => socket.address(),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    attempt();
    console.log(name, 'taken');
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.message);
  }
}
socket.close();
