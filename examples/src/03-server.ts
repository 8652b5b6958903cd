// A server: who gets the clients of a port, and how many of them there may be.
import { buildLab, type NetwrightError, shippedPlugins, Tcp, TcpApplication, type TcpSession } from 'netwright';

const lab = await buildLab(
  {
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'tcp'] },
    topology: {
      nodes: { server: { address: '10.0.0.1/24' }, client: { address: '10.0.0.2/24' } },
      links: [{ endpoints: ['server', 'client'] }],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();
const server = lab.nodes.get('server')?.layer(Tcp) as Tcp;
const client = lab.nodes.get('client')?.layer(Tcp) as Tcp;

/** Counts what it has been sent, by all of its clients together. */
class Counter extends TcpApplication {
  clients = 0;
  messages = 0;
  /** Called when a client has gone. */
  left = () => {};

  override connectionMade(): void {
    this.clients++;
  }

  override connectionLost(): void {
    this.left();
  }

  override packetReceived(_data: Uint8Array, session: TcpSession): void {
    this.messages++;
    this.sendPacket(`message ${this.messages} of ${this.clients} client(s)`, session);
  }
}

async function call(port: number): Promise<TcpApplication> {
  const conn = new TcpApplication();
  client.registerLayer(conn);
  await conn.connect('10.0.0.1', port);
  conn.sendPacket('hello');
  console.log(`  ${port}: ${new TextDecoder().decode(await conn.nextData())}`);
  return conn;
}

function serve(): Counter {
  const conn = new Counter();
  server.registerLayer(conn);
  return conn;
}

console.log('bind(8881): the application itself has every client');
const itself = serve();
itself.bind(8881).listen();
await call(8881);
await call(8881);

console.log('bind(8882, other): another application has every client');
const other = new Counter();
const door = serve();
door.bind(8882, other).listen();
await call(8882);
await call(8882);
console.log(`  the door has ${door.clients} client(s), the other ${other.clients}`);

console.log('bind(8883, other, true): each client has an application of its own');
const forking = serve();
forking.bind(8883, new Counter(), true).listen();
await call(8883);
await call(8883);
const accepted = [await forking.accept(), await forking.accept()];
console.log(`  accepted two: ${accepted[0] === accepted[1] ? 'one application' : 'two applications'}`);

console.log('listen(2): no more than two at a time');
const limited = serve();
limited.bind(8884).listen(2);
const first = await call(8884);
await call(8884);
await call(8884).catch((error: NetwrightError) => console.log(`  8884: ${error.code}`));
const left = new Promise<void>((resolve) => {
  limited.left = resolve;
});
first.close();
await left;
await call(8884);

await lab.stop();
