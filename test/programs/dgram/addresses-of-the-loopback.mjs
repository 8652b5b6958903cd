// What is sent to any address of the loopback comes, with the sender that the kernel gives it.
import { createSocket } from 'node:dgram';

const wide = createSocket('udp4');
wide.bind(0, '0.0.0.0', async () => {
  const { port } = wide.address();
  const narrow = createSocket('udp4');
  await new Promise((resolve) => narrow.bind(0, '127.0.0.9', resolve));
  const any = createSocket('udp4');
  for (const [name, from] of [
    ['narrow', narrow],
    ['any', any],
  ]) {
    for (const to of ['127.0.0.1', '127.0.0.2', '127.99.1.2', '0.0.0.0']) {
      const [, sender] = await new Promise((resolve) => {
        wide.once('message', (...all) => resolve(all));
        from.send('x', port, to);
      });
      const answer = new Promise((resolve) => from.once('message', (_, back) => resolve(back.address)));
      wide.send('back', sender.port, sender.address);
      console.log(name, to, sender.address, await answer);
    }
  }
  for (const socket of [wide, narrow, any]) socket.close();
});
