// Broadcast needs permission, and what has no way fails with the kernel's code.
import { createSocket } from 'node:dgram';

const socket = createSocket('udp4');
socket.bind(0, '127.0.0.1', async () => {
  const send = (to) =>
    new Promise((resolve) =>
      socket.send('x', 9, to, (error, bytes) =>
        resolve(console.log(to, error?.code, error?.syscall, error?.address, error?.port, bytes)),
      ),
    );
  await send('255.255.255.255');
  await send('127.255.255.255');
  socket.close();
});
