// Buffer sizes are set, doubled or not, and asked; wrong ones are refused.
import { createSocket } from 'node:dgram';

const attempt = (name, action) => {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.message);
  }
};
const socket = createSocket({ type: 'udp4', recvBufferSize: 20_000, sendBufferSize: 30_000 });
attempt('early', () => socket.getRecvBufferSize());
attempt('early', () => socket.setRecvBufferSize(1000));
socket.bind(0, '127.0.0.1', () => {
  console.log(socket.getRecvBufferSize(), socket.getSendBufferSize());
  socket.setRecvBufferSize(50_000);
  socket.setSendBufferSize(60_000);
  console.log(socket.getRecvBufferSize(), socket.getSendBufferSize());
  for (const size of [-1, 'x', 1.5, Infinity, undefined]) {
    attempt(`receive ${size}`, () => socket.setRecvBufferSize(size));
    attempt(`send ${size}`, () => socket.setSendBufferSize(size));
  }
  socket.close();
});
