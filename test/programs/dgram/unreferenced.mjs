// An unreferenced socket lets the process go, a referenced one holds it until it closes.
import { createSocket } from 'node:dgram';

const lone = createSocket('udp4');
console.log(lone.unref() === lone);
lone.bind(0, '127.0.0.1');
const held = createSocket('udp4').unref();
held.bind(0, '127.0.0.1', () => {
  console.log(held.ref() === held);
  setTimeout(() => {
    console.log('timer');
    held.close(() => console.log('closed'));
  }, 20).unref();
});
lone.on('close', () => console.log('close?'));
setTimeout(() => {}, 1);
process.on('exit', (code) => console.log('exit', code));
