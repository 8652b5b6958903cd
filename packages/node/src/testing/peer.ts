import { type Host, MacAddress, reason, SeededRandom } from '@netwright/core';
import { EtherType, type Listener, type Tcp, type TcpSession } from '@netwright/layers';
import type { Cable } from '@netwright/plugins';
import type { Conduct, Moment } from './conduct.js';
import { type Answer, PeerConnection } from './connection.js';
import { MisbehavingSession } from './session.js';

/** When a behaviour begins on each connection: after so many bytes of the program's, or to it; at once when left out. */
export interface After {
  /** Bytes that the peer has received. */
  received?: number;
  /** Bytes that the peer has sent. */
  sent?: number;
}

/** What a peer is made of. */
export interface PeerParts {
  readonly host: Host;
  readonly tcp: Tcp;
  readonly cable: Cable;
  readonly conduct: Conduct;
  readonly address: string;
  /** The program's address. */
  readonly program: string;
}

/** IEEE 802's EtherType for experiments. */
const EXPERIMENTAL = 0x88b5;
const GARBAGE = reason('testing.garbage');

/**
 * The other end of the program's connections. It is a whole stack, and behaves well until it is told otherwise; what
 * it then does wrong is rebound in its TCP (`tcp.session`, `tcp.window`, …) or done to the cable between the two.
 * Behaviours may be combined, and begin at any time; each method gives the peer back. {@link behave} ends them all.
 */
export class Peer {
  /** Every connection, the oldest first. */
  readonly connections: PeerConnection[] = [];
  readonly address: string;

  private readonly listeners = new Map<number, Listener>();
  private readonly waiting: ((value: unknown) => void)[] = [];
  private readonly link = { latency: 0, loss: 0, duplicate: 0 };

  /** @internal */
  constructor(private readonly parts: PeerParts) {
    this.address = parts.address;
  }

  // ---- what it does as a peer -----------------------------------------------------------------------------------

  /**
   * Listens, and says `answer` to whoever connects; 'echo' unless said otherwise. On a port where it listens already
   * the answer changes. @throws EADDRINUSE where a server of the program's own stands on the peer.
   */
  listen(port: number, answer: Answer = 'echo'): this {
    this.close(port);
    const onConnection = (session: TcpSession) => {
      const connection = this.welcome(session, answer);
      connection.handler.established?.(session);
      return connection.handler;
    };
    this.listeners.set(port, this.parts.tcp.listen({ port, onConnection }));
    return this;
  }

  /** Listens no longer: connections that are open go on. */
  close(port: number): this {
    this.listeners.get(port)?.close();
    this.listeners.delete(port);
    return this;
  }

  /** Connects to a server of the program. */
  connect(port: number, answer: Answer = 'silence'): PeerConnection {
    const connection = new PeerConnection(answer);
    const { tcp, program } = this.parts;
    connection.session = tcp.connect({ address: program, port, handler: connection.handler });
    this.remember(connection);
    return connection;
  }

  /** Resolves with the connection that is the `count`th of the program's and the peer's, as soon as there is one. */
  async connected(count = 1): Promise<PeerConnection> {
    while (this.connections.length < count) await new Promise((resolve) => this.waiting.push(resolve));
    return this.connections[count - 1];
  }

  private welcome(session: TcpSession, answer: Answer): PeerConnection {
    const connection = new PeerConnection(answer);
    connection.session = session;
    this.remember(connection);
    return connection;
  }

  private remember(connection: PeerConnection): void {
    this.connections.push(connection);
    for (const each of this.waiting.splice(0)) each(undefined);
  }

  // ---- opening --------------------------------------------------------------------------------------------------

  /** Answers SYNs with resets: ECONNREFUSED. */
  refuse(): this {
    this.parts.conduct.admission = 'refuse';
    return this;
  }

  /** Does not answer SYNs, as behind a firewall: ETIMEDOUT, after all retries. */
  ignoreSyn(): this {
    this.parts.conduct.admission = 'ignore';
    return this;
  }

  /** Accepts, and resets at once: ECONNRESET on a connection that has just been made. */
  rstOnConnect(): this {
    return this.rstAfter(0);
  }

  /** Is not there at all: nobody answers for its address, EHOSTUNREACH. On open connections that is {@link partition}. */
  unreachable(): this {
    return this.partition();
  }

  // ---- on a connection ------------------------------------------------------------------------------------------

  /** Resets a connection when it has received so many bytes of it, in the place of an answer; or has sent so many. */
  rstAfter(bytes: number, direction: Moment['direction'] = 'received'): this {
    return this.plan({ direction, bytes }, (session) => session.abort());
  }

  /** Falls silent: hears nothing, says nothing, not even that it is gone. */
  blackhole(after?: After): this {
    if (after === undefined) this.parts.conduct.silent = true;
    else {
      this.plan(momentOf(after), (session) => {
        (session as MisbehavingSession).silent = true;
      });
    }
    return this;
  }

  /** Has no room: the program may connect, and then its writes wait. {@link openWindow} ends it. */
  zeroWindow(): this {
    this.parts.conduct.closedWindow = true;
    return this;
  }

  /** Has room again, and says so. */
  openWindow(): this {
    this.parts.conduct.closedWindow = false;
    for (const each of this.parts.tcp.sessions()) each.touch();
    return this;
  }

  /** Ends what it sends, and goes on reading. */
  halfClose(after: After = {}): this {
    return this.plan(momentOf(after), (session) => session.shutdown());
  }

  /** Sends what it has to say at so many bytes a second, one at a time. */
  slowLoris(rate: number): this {
    this.parts.conduct.rate = rate;
    return this;
  }

  /** Sends `bytes` random bytes, before anything else that it has to say. */
  sendGarbage(bytes = 1024, after: After = {}): this {
    return this.plan(momentOf(after), (session) => {
      if (session.writable) session.write(this.randomBytes(bytes));
    });
  }

  // ---- on the way -----------------------------------------------------------------------------------------------

  /** Each frame takes so many ms, either way. */
  delay(ms: number): this {
    this.link.latency = ms;
    return this.impair();
  }

  /** Each frame is lost with this probability, either way; with the same seed the same ones are. */
  loss(probability: number, seed?: number | string): this {
    this.link.loss = probability;
    return this.impair(seed);
  }

  /** Each frame comes twice with this probability, either way. */
  duplicate(probability: number, seed?: number | string): this {
    this.link.duplicate = probability;
    return this.impair(seed);
  }

  /** Cuts the cable. */
  partition(): this {
    this.parts.cable.setUp(false);
    return this;
  }

  /** Joins the cable again. */
  heal(): this {
    this.parts.cable.setUp(true);
    return this;
  }

  /** Sends so many frames that are none of any protocol, or broken ones: nothing of them is for the program. */
  sendBrokenFrames(frames = 100): this {
    const { host } = this.parts;
    host.turn.run(() => {
      for (let i = 0; i < frames; i++) this.sendBrokenFrame(i);
    });
    return this;
  }

  /** Behaves well again. Connections that a behaviour has ended or silenced stay so. */
  behave(): this {
    this.parts.conduct.reset();
    Object.assign(this.link, { latency: 0, loss: 0, duplicate: 0 });
    return this.impair().heal().openWindow();
  }

  private plan({ direction, bytes }: Moment, act: (session: TcpSession) => void): this {
    this.parts.conduct.plans.push({ at: { direction, bytes }, act });
    // Those that are open already may be past that point.
    for (const each of this.parts.tcp.sessions()) each.touch();
    return this;
  }

  private impair(seed?: number | string): this {
    this.parts.cable.impair(this.link, seed === undefined ? {} : { random: new SeededRandom(seed) });
    return this;
  }

  private randomBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.parts.conduct.random.fill(bytes);
    return bytes;
  }

  /** One after the other: an unknown EtherType, and noise behind the header of IPv4 and of ARP. */
  private sendBrokenFrame(index: number): void {
    const { host, conduct } = this.parts;
    const [attached] = host.interfaces;
    const frame = this.randomBytes(60 + (conduct.random.uint32() % 1400));
    const view = new DataView(frame.buffer);
    MacAddress.broadcast.write(view, 0);
    attached.mac.write(view, 6);
    view.setUint16(12, [EXPERIMENTAL, EtherType.Ipv4, EtherType.Arp][index % 3]);
    const packet = host.pool.takeWith(frame);
    if (packet !== null) attached.transmit(packet, GARBAGE);
  }
}

function momentOf({ received, sent }: After): Moment {
  return sent === undefined ? { direction: 'received', bytes: received ?? 0 } : { direction: 'sent', bytes: sent };
}
