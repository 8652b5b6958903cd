// A server that never answers is a timeout after its tries, and what is cancelled says so at once.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';

const server = createSocket('udp4');
let asked = 0;
server.on('message', () => asked++);
server.bind(0, '127.0.0.1', () => {
  const address = `127.0.0.1:${server.address().port}`;
  const resolver = new Resolver({ timeout: 60, tries: 2 });
  resolver.setServers([address]);
  resolver.resolve4('slow.test', (error) => {
    console.log(error.code, error.syscall, error.hostname, error.errno, error.message, asked);
    const other = new Resolver();
    other.setServers([address]);
    for (const host of ['one.test', 'two.test']) {
      other.resolve4(host, (cancelled) => {
        console.log(cancelled.code, cancelled.hostname);
        if (host === 'two.test') server.close();
      });
    }
    setTimeout(() => {
      other.cancel();
      console.log('cancelled');
    }, 20);
  });
});
