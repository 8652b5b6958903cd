// Hooks read, change, drop, delay and inject segments on their way between TCP and the wire.
import {
  buildLab,
  PSH,
  SegmentView,
  shippedPlugins,
  Tcp,
  TcpApplication,
  type TcpSession,
  type Verdict,
} from 'netwright';

const lab = await buildLab(
  {
    // Time is virtual: the waits below take no time, and are exact.
    sim: { seed: 1 },
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'tcp'] },
    topology: {
      nodes: { server: { address: '10.0.0.1/24' }, client: { address: '10.0.0.2/24' } },
      links: [{ endpoints: ['server', 'client'], latency: '5ms' }],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();
const server = lab.nodes.get('server')?.layer(Tcp) as Tcp;
const client = lab.nodes.get('client')?.layer(Tcp) as Tcp;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const print = (line: string) => console.log(`${Math.round(lab.clock.now())} ms  ${line}`);

class Server extends TcpApplication {
  override packetReceived(data: Uint8Array, session: TcpSession): void {
    print(`the server got "${text(data)}"`);
    this.sendPacket(`re: ${text(data)}`, session);
  }

  /** Reads: what comes with PSH and a window of 1234 was not sent by any TCP. */
  override hookIncoming(segment: SegmentView): Verdict {
    if (segment.window === 1234) print(`the server saw an injected segment, "${text(segment.payload)}"`);
    return segment.window === 1234 ? 'drop' : 'pass';
  }
}

class Client extends TcpApplication {
  private lost = false;

  override packetReceived(data: Uint8Array): void {
    print(`the client got "${text(data)}"`);
  }

  /** Changes, drops, delays. What is changed in place is summed afterwards. */
  override hookOutgoing(segment: SegmentView): Verdict {
    const { payload } = segment;
    if (payload.length === 0) return 'pass';
    const said = text(payload);
    if (said === 'change me') payload.set(new TextEncoder().encode('CHANGED !'));
    if (said === 'lose me' && !this.lost) {
      this.lost = true;
      print('dropped: TCP will send it again');
      return 'drop';
    }
    if (said === 'hold me') return { delay: 100 };
    return 'pass';
  }
}

const listening = new Server();
server.registerLayer(listening);
listening.bind(7777).listen();

const conn = new Client();
client.registerLayer(conn);
conn.connectThen('10.0.0.1', 7777, {}, () => {});
await lab.run({ until: 50 });
for (const [i, word] of ['read me', 'change me', 'lose me', 'hold me'].entries()) {
  conn.sendPacket(word);
  await lab.run({ until: 1000 * (i + 1) });
}
conn.injectOutgoing((segment) => {
  segment.flags |= PSH;
  segment.window = 1234;
  segment.payload = new TextEncoder().encode('out of nothing');
});
await lab.run({ until: 6000 });
await lab.stop();
