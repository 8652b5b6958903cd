// What the hidden message travels under: short conversations over TCP, and a datagram after each, in virtual time.
import {
  buildLab,
  CaptureFile,
  type Lab,
  type Override,
  readCapture,
  shippedPlugins,
  Tcp,
  TcpApplication,
  type TcpSession,
  Udp,
  UdpApplication,
} from 'netwright';
import type { BitSource } from './bits.js';
import { Detector } from './detector.js';
import type { Extractor } from './extract.js';

/** What is hidden, in which overrides of the client's connections and stack, and who finds it. */
export interface Channel {
  readonly source: BitSource;
  readonly extractor: Extractor;
  /** For the client's connections. */
  readonly overrides: readonly Override[];
  /** For the client's datagrams. */
  readonly datagrams?: readonly Override[];
}

/** What came of it. */
export interface Outcome {
  readonly message: string | null;
  /** Counted up to the last packet that the message needed. */
  readonly connections: number;
  readonly packets: number;
  readonly seconds: number;
  /** Bits that the carriers had room for in all that. */
  readonly bound: number;
  readonly detector: Detector;
  /** Frames in a capture, and how many of them say in their comment that a carrier decided them. */
  readonly frames: number;
  readonly labelled: readonly string[];
}

class Server extends TcpApplication {
  override packetReceived(data: Uint8Array, session: TcpSession): void {
    this.sendPacket(data, session);
  }
}

async function world(seed: number): Promise<Lab> {
  const lab = await buildLab(
    {
      sim: { seed },
      pool: { small: 256, large: 1 },
      defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'udp', 'tcp'] },
      topology: {
        nodes: { server: { address: '10.0.0.1/24' }, client: { address: '10.0.0.2/24' } },
        links: [{ endpoints: ['server', 'client'], latency: '10ms' }],
      },
    },
    { plugins: shippedPlugins },
  );
  return lab.start();
}

/** Lets client and server talk `conversations` times, with a channel under it or without, and a detector that listens; `labels` asks for a capture. */
export async function talk(seed: number, conversations: number, channel?: Channel, labels = false): Promise<Outcome> {
  const lab = await world(seed);
  const [server, client] = [lab.nodes.get('server'), lab.nodes.get('client')];
  if (server === undefined || client === undefined) throw new Error('the lab has lost a node');
  const detector = new Detector();
  server.host.watch(detector);
  const capture = new CaptureFile({ clock: lab.clock });
  if (channel !== undefined) server.host.watch(channel.extractor);
  if (labels) client.host.watch(capture.tap(client));

  const listening = new Server();
  server.layer(Tcp)?.registerLayer(listening);
  listening.bind(80).listen();
  const sink = new UdpApplication();
  server.layer(Udp)?.registerLayer(sink);
  sink.bind(514);
  const socket = client.layer(Udp)?.open({ overrides: channel?.datagrams });
  for (let i = 0; i < conversations; i++) {
    const session = client.layer(Tcp)?.connect({
      address: '10.0.0.1',
      port: 80,
      overrides: channel?.overrides,
      handler: {
        established: (opened) => {
          opened.write(new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n'));
        },
        data: (_, closing) => closing.shutdown(),
      },
    });
    await lab.run({ until: 200 * i + 100 });
    session?.close();
    socket?.send('a line of a log', 514, '10.0.0.1');
    await lab.run({ until: 200 * (i + 1) });
  }
  await lab.stop();
  const frames = [...readCapture(capture.bytes())];
  return {
    message: channel?.extractor.message ?? null,
    connections: channel?.extractor.connections ?? 0,
    packets: channel?.extractor.packets ?? 0,
    seconds: (channel?.extractor.doneAt ?? 0) / 1000,
    bound: channel?.extractor.bits ?? 0,
    detector,
    frames: frames.length,
    labelled: frames.map(({ comment }) => comment).filter((comment) => comment.includes('carrier')),
  };
}
