// Two stacks crafted layer by layer, without a manifest: a server on port 7777, and a client with and without DNS.
import {
  Arp,
  Cable,
  Dns,
  Ethernet,
  Host,
  Ipv4,
  type Layer,
  Stack,
  SystemClock,
  SystemRandom,
  Tcp,
  TcpApplication,
  type TcpSession,
  Udp,
} from 'netwright';

const clock = new SystemClock();
const cable = new Cable({ clock, random: new SystemRandom() });

/** Ethernet, ARP, IPv4 and TCP, one registered on another. */
function craft(name: string, address: string) {
  const host = Host.create({ name, clock });
  host.attach(cable.attach(name, host.pool), { addresses: [address] });
  const ethernet = new Ethernet(host);
  const arp = new Arp(host);
  const ipv4 = new Ipv4(host);
  const tcp = new Tcp(host);
  ethernet.registerLayer(arp);
  ethernet.registerLayer(ipv4);
  // Arp finds the neighbours of IPv4.
  arp.registerLayer(ipv4);
  ipv4.registerLayer(tcp);
  const layers: Layer[] = [ethernet, arp, ipv4, tcp];
  return { host, ipv4, tcp, layers };
}

class Shout extends TcpApplication {
  override packetReceived(data: Uint8Array, session: TcpSession): void {
    this.sendPacket(new TextDecoder().decode(data).toUpperCase(), session);
  }
}

const server = craft('server', '10.0.0.1/24');
const shout = new Shout();
server.tcp.registerLayer(shout);
shout.bind(7777);
shout.listen(2);
const listening = await new Stack(server.host, [...server.layers, shout]).start();

async function ask(client: ReturnType<typeof craft>, host: string): Promise<void> {
  const conn = new TcpApplication();
  client.tcp.registerLayer(conn);
  try {
    await conn.connect(host, 7777);
    conn.sendPacket(`hello, ${host}`);
    console.log(new TextDecoder().decode(await conn.nextData()));
    conn.close();
  } catch (error) {
    console.log((error as Error).message);
  }
}

// The dns layer is not needed unless names are to be looked up.
const plain = craft('plain', '10.0.0.2/24');
const withoutDns = await new Stack(plain.host, plain.layers).start();
await ask(plain, '10.0.0.1');
await ask(plain, 'shout.lab');

const named = craft('named', '10.0.0.3/24');
const udp = new Udp(named.host);
const dns = new Dns(named.host, { hosts: { 'shout.lab': '10.0.0.1' } });
named.ipv4.registerLayer(udp);
udp.registerLayer(dns);
named.tcp.registerLayer(dns);
const withDns = await new Stack(named.host, [...named.layers, udp, dns]).start();
await ask(named, 'shout.lab');

for (const stack of [withDns, withoutDns, listening]) await stack.stop();
