// A session of one's own: it answers a SYN with sequence number 5555. In a stack made by hand, for every session of a
// stack that a manifest makes, and for one listener alone.
import {
  Arp,
  buildStack,
  Cable,
  DEFAULT_TCP_SETTINGS,
  definePlugin,
  Ethernet,
  Host,
  Ipv4,
  implementation,
  type Override,
  override,
  type Provider,
  Scope,
  Stack,
  SystemClock,
  SystemRandom,
  shippedPlugins,
  TCP_BEHAVIOUR,
  TCP_SESSION,
  Tcp,
  TcpApplication,
  TcpSession,
  tcpDefaults,
} from 'netwright';

class ModifiedSession extends TcpSession {
  protected override sendSynAck(): void {
    this.useInitialSequence(5555);
    super.sendSynAck();
  }
}

// Each connection gets a new one. `{ class: ModifiedSession }` does it, too, once the class is decorated.
const provider: Provider<TcpSession> = { make: (get) => new ModifiedSession(get(TCP_BEHAVIOUR)) };
const modified = override(TCP_SESSION, provider, 'the example');

/** The number that the server's SYN-ACK began with. */
async function answer(address: string, port: number): Promise<string> {
  const conn = new TcpApplication();
  client.tcp.registerLayer(conn);
  const session = await conn.connect(address, port);
  conn.close();
  return session.receiver.irs === 5555 ? 'it began with 5555' : 'it began with another number';
}

const clock = new SystemClock();
const cable = new Cable({ clock, random: new SystemRandom() });

// By hand: the scope from which TCP makes its sessions is given the override.
function craft(name: string, address: string, overrides: readonly Override[] = []) {
  const host = Host.create({ name, clock });
  host.attach(cable.attach(name, host.pool), { addresses: [address] });
  const ethernet = new Ethernet(host);
  const arp = new Arp(host);
  const ipv4 = new Ipv4(host);
  const tcp = new Tcp(host, DEFAULT_TCP_SETTINGS, Scope.byHand(host, [tcpDefaults], overrides));
  ethernet.registerLayer(arp).registerLayer(ipv4);
  arp.registerLayer(ipv4);
  ipv4.registerLayer(tcp);
  return { tcp, stack: new Stack(host, [ethernet, arp, ipv4, tcp]) };
}

const client = craft('client', '10.0.0.2/24');
await client.stack.start();
const crafted = craft('server', '10.0.0.1/24', [modified]);
await crafted.stack.start();
crafted.tcp.listen({ port: 7777 });
console.log(`a stack made by hand: ${await answer('10.0.0.1', 7777)}`);

// For every session of a stack: a plugin offers the session, and the manifest rebinds the token.
const mine = definePlugin({
  name: 'mine',
  version: '1.0.0',
  implementations: [
    implementation({
      name: 'session.modified',
      token: TCP_SESSION,
      summary: 'answers a SYN with 5555',
      provide: () => provider,
    }),
  ],
});
async function build(address: string, override: Record<string, string>) {
  const device = cable.attach(address, client.stack.host.pool);
  const layers = ['ethernet', 'arp', 'ipv4', 'tcp'];
  const plugins = [...shippedPlugins, mine];
  const stack = await buildStack({ address: `${address}/24`, layers, override }, { plugins, device, clock });
  await stack.start();
  return { stack, tcp: stack.layer(Tcp) as Tcp };
}

const all = await build('10.0.0.3', { 'tcp.session': 'session.modified' });
all.tcp.listen({ port: 7777 });
all.tcp.listen({ port: 8888 });
console.log(`a rebound token, port 7777: ${await answer('10.0.0.3', 7777)}`);
console.log(`a rebound token, port 8888: ${await answer('10.0.0.3', 8888)}`);

// For one listener: the others are left as they are.
const one = await build('10.0.0.4', {});
one.tcp.listen({ port: 7777, overrides: [modified] });
one.tcp.listen({ port: 8888 });
console.log(`one listener, port 7777: ${await answer('10.0.0.4', 7777)}`);
console.log(`one listener, port 8888: ${await answer('10.0.0.4', 8888)}`);

for (const { stack } of [one, all, crafted, client]) await stack.stop();
