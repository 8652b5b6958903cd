// What comes too early, twice or too late is told by its code.
import { createSocket } from 'node:dgram';

const attempt = (name, action) => {
  try {
    const result = action();
    console.log(name, typeof result === 'object' ? 'done' : result);
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.syscall, error.message);
  }
};
const socket = createSocket('udp4');
const all = (when) => {
  attempt(`${when} address`, () => socket.address());
  attempt(`${when} setTTL`, () => socket.setTTL(10));
  attempt(`${when} setBroadcast`, () => socket.setBroadcast(true));
  attempt(`${when} setMulticastTTL`, () => socket.setMulticastTTL(2));
  attempt(`${when} setMulticastLoopback`, () => socket.setMulticastLoopback(true));
  attempt(`${when} getSendBufferSize`, () => typeof socket.getSendBufferSize());
  attempt(`${when} getRecvBufferSize`, () => typeof socket.getRecvBufferSize());
  attempt(`${when} queue`, () => `${socket.getSendQueueSize()} ${socket.getSendQueueCount()}`);
  attempt(`${when} ref`, () => socket.ref().unref() === socket);
};
all('new');
socket.bind(0, '127.0.0.1', () => {
  attempt('bind again', () => socket.bind(0));
  all('bound');
  socket.close(() => {
    all('closed');
    attempt('close again', () => socket.close());
    attempt('send', () => socket.send('x', 9, '127.0.0.1'));
    attempt('bind', () => socket.bind(0));
    attempt('connect', () => socket.connect(9));
  });
});
attempt('bind while binding', () => socket.bind(0));
