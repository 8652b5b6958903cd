// Datagrams: an application bound to a port, one that is connected, and what ICMP tells.
import {
  buildLab,
  type Datagram,
  type NetwrightError,
  shippedPlugins,
  Udp,
  UdpApplication,
  type UdpOrigin,
  type Verdict,
} from 'netwright';

const lab = await buildLab(
  {
    sim: { seed: 1 },
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'udp'] },
    topology: {
      nodes: { server: { address: '10.0.0.1/24' }, client: { address: '10.0.0.2/24' } },
      links: [{ endpoints: ['server', 'client'], latency: '5ms' }],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? 'nothing' : new TextDecoder().decode(bytes));

/** Answers each datagram to where it came from. */
class Clerk extends UdpApplication {
  override packetReceived(data: Uint8Array, from: UdpOrigin): void {
    this.sendPacket(`${text(data)} back`, from);
  }
}

class Client extends UdpApplication {
  override errorReceived(error: NetwrightError): void {
    console.log(`told: ${error.code}`);
  }

  override hookOutgoing(datagram: Datagram): Verdict {
    return text(datagram.payload) === 'not this' ? 'drop' : 'pass';
  }
}

const clerk = new Clerk();
lab.nodes.get('server')?.layer(Udp)?.registerLayer(clerk);
clerk.bind(7777);
const client = new Client();
lab.nodes.get('client')?.layer(Udp)?.registerLayer(client);
client.connectThen('10.0.0.1', 7777, () => {});
for (const word of ['there', 'not this', 'and there']) client.sendPacket(word);
await lab.run({ until: 1000 });

// Datagrams keep their bounds: each fetch gives one.
const first = client.fetchDataFrom();
console.log(`${text(first?.data)}, from ${first?.from.address} port ${first?.from.port}`);
console.log(text(client.fetchData()));
console.log(text(client.fetchData()));

// Nobody has port 9999: ICMP says so.
const wrong = new Client();
lab.nodes.get('client')?.layer(Udp)?.registerLayer(wrong);
wrong.connectThen('10.0.0.1', 9999, () => {});
wrong.sendPacket('anybody?');
await lab.run({ until: 2000 });
await lab.stop();
