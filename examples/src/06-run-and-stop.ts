// A stack runs beside the program, or holds it until SIGINT comes; a stop closes every connection and leaves nothing.
import { buildLab, runUntilSignal, shippedPlugins, stopGently, Tcp, TcpApplication, type TcpSession } from 'netwright';

const lab = await buildLab(
  {
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'tcp'] },
    topology: {
      nodes: {
        server: { address: '10.0.0.1/24' },
        near: { address: '10.0.0.2/24' },
        far: { address: '10.0.0.3/24' },
      },
      links: [{ endpoints: ['server', 'near', 'far'] }],
    },
  },
  { plugins: shippedPlugins },
);
// Not blocking: once started, the stacks run whenever something happens.
await lab.start();
const [server, near, far] = [...lab.nodes.values()];

class Echo extends TcpApplication {
  override packetReceived(data: Uint8Array, session: TcpSession): void {
    this.sendPacket(data.slice(), session);
  }
}
const echo = new Echo();
server.layer(Tcp)?.registerLayer(echo);
echo.bind(7).listen();

async function call(stack: typeof near): Promise<TcpApplication> {
  const conn = new TcpApplication();
  stack.layer(Tcp)?.registerLayer(conn);
  await conn.connect('10.0.0.1', 7);
  conn.sendPacket('anybody there?');
  console.log(`${stack.name}: ${new TextDecoder().decode(await conn.nextData())}`);
  return conn;
}

await call(near);
await stopGently(near);
console.log(`near has stopped, with ${near.layer(Tcp)?.connections} connections`);

// Blocking: until somebody presses Ctrl-C. Here the program does it itself.
const conn = await call(far);
const ended = conn.nextData();
setTimeout(() => process.kill(process.pid, 'SIGINT'), 10);
const signal = await runUntilSignal(server);
console.log(`the server ran until ${signal}`);
console.log(`far was told the end of the stream: ${(await ended).length} bytes`);
console.log(`the server has stopped, with ${server.layer(Tcp)?.connections} connections`);

await lab.stop();
console.log(`packets that nobody has given back: ${server.host.pool.inUse}`);
