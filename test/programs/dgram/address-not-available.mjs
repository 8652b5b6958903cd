// An address that is not ours cannot be bound, and a socket that failed to bind may bind again.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.on('error', (error) => {
  console.log({ ...error, message: error.message });
  try {
    socket.bind(0, '127.0.0.1', () => {
      console.log('bound', socket.address().address);
      socket.close();
    });
  } catch (again) {
    console.log(again.code);
    socket.close();
  }
});
socket.on('close', () => console.log('close'));
socket.bind(0, '203.0.113.77');
