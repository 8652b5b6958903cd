// A virtual machine as a host on the stack's network. An emulator gives and takes Ethernet frames by two functions, as
// v86 does in a page: a StreamDevice over `sourceFrames` makes a network card of them. The guest in here is a stack of
// ours, too, so that the example needs no image of a disk.
import {
  buildStack,
  type FrameSource,
  StreamDevice,
  shippedPlugins,
  sourceFrames,
  Tcp,
  TcpApplication,
} from 'netwright';

type Listener = (frame: Uint8Array) => void;

/** What v86 has of a network: frames of the guest are announced, frames for it are sent on the bus. */
class Emulator {
  private readonly listeners: Listener[] = [];
  private readonly card: FrameSource = {
    onframe: null,
    send: (frame) => this.listeners.forEach((each) => void queueMicrotask(() => each(frame))),
  };
  readonly bus = { send: (_event: 'net0-receive', frame: Uint8Array) => this.card.onframe?.(frame) };

  add_listener(_event: 'net0-send', listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Starts the guest: a server that says what it has heard. */
  async boot(): Promise<() => Promise<void>> {
    const guest = await stack('10.0.0.2/24', this.card);
    class Server extends TcpApplication {
      override packetReceived(bytes: Uint8Array): void {
        this.sendPacket(`the guest has heard "${new TextDecoder().decode(bytes)}"`);
        this.session?.shutdown();
      }
    }
    const server = new Server();
    guest.layer(Tcp)?.registerLayer(server);
    server.bind(80).listen();
    return () => guest.stop();
  }
}

function stack(address: string, source: FrameSource) {
  const { readable, writable } = sourceFrames(source);
  const device = new StreamDevice(readable, writable);
  return buildStack(
    { address, layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'] },
    { plugins: shippedPlugins, device },
  ).then((each) => each.start());
}

const emulator = new Emulator();
// These three lines are what v86 needs.
const source: FrameSource = { onframe: null, send: (frame) => emulator.bus.send('net0-receive', frame) };
emulator.add_listener('net0-send', (frame) => source.onframe?.(frame));
const host = await stack('10.0.0.1/24', source);

const shutDown = await emulator.boot();
const client = new TcpApplication();
host.layer(Tcp)?.registerLayer(client);
await client.connect('10.0.0.2', 80);
client.sendPacket('hello, guest');
console.log(new TextDecoder().decode(await client.nextData()));
console.log(`and then ends: ${(await client.nextData()).length} bytes`);
client.close();

await host.stop();
await shutDown();
