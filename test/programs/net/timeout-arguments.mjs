// A timeout that is no number of milliseconds is refused, and so are wrong callbacks.
import { Socket } from 'node:net';

const socket = new Socket();
for (const value of [-1, NaN, Infinity, '100', {}, undefined, null, () => {}]) {
  try {
    socket.setTimeout(value);
    console.log('taken', value, socket.timeout);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
for (const callback of [1, 'x', {}, null, undefined]) {
  try {
    console.log('taken', socket.setTimeout(10, callback) === socket, socket.timeout);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
socket.setTimeout(0);
socket.setTimeout(5, () => console.log('even without a connection'));
socket.on('timeout', () => console.log('timeout'));
// A socket's timer holds no process.
setTimeout(() => {}, 40);
