import {
  addSums,
  Host,
  IpAddress,
  Layer,
  layer,
  NO_OFFLOAD,
  type Packet,
  PacketPool,
  SeededRandom,
  VirtualClock,
} from '@netwright/core';
import type { Network, NetworkError, NoPath, Path, PathOptions, Rejection, Transport } from '@netwright/layers';

/** What a network test looks at: who sent what, in order. */
export interface Sent {
  readonly from: Wire;
  readonly destination: string;
  readonly bytes: Uint8Array;
  readonly reason: string;
  readonly ttl: number | null;
  readonly dontFragment: boolean;
}

/** Stations that share one clock, one packet memory and one link. */
export class Segment {
  readonly clock = new VirtualClock();
  readonly pool = new PacketPool({ small: 512, large: 16 });
  readonly stations: Wire[] = [];
  readonly sent: Sent[] = [];
  /** Ms from one station to another. */
  delay = 1;
  /** Whether a packet is lost on its way. */
  lose: (sent: Sent) => boolean = () => false;

  station(address: string): Wire {
    const host = Host.create({ clock: this.clock, pool: this.pool, random: new SeededRandom(address) });
    const wire = new Wire(host, this, IpAddress.parse(address) as IpAddress);
    this.stations.push(wire);
    return wire;
  }
}

/** IPv4 without its bytes: it carries transport packets between the stations of a segment, with their addresses in front. */
export class Wire extends Layer implements Network {
  readonly version = 4;
  /** What was refused: 'port-unreachable 10.0.0.1'. */
  readonly rejections: string[] = [];
  checksumOffload = false;

  constructor(
    readonly host: Host,
    private readonly segment: Segment,
    readonly address: IpAddress,
  ) {
    super();
    host.attach(
      { name: 'wire', mtu: 1500, address: null, offload: NO_OFFLOAD, open() {}, close() {}, send() {} },
      { addresses: [`${address}/24`] },
    );
  }

  path(destination: IpAddress, options: PathOptions = {}): Path | NoPath {
    const source = options.source ?? this.address;
    if (!source.equals(this.address)) return 'EADDRNOTAVAIL';
    const via = this.host.interfaces[0];
    if (!via.addresses[0].contains(destination) && !destination.isBroadcast) return 'ENETUNREACH';
    const bytes = new DataView(new ArrayBuffer(8));
    source.write(bytes, 0);
    destination.write(bytes, 4);
    let addressSum = 0;
    for (let at = 0; at < 8; at += 2) addressSum = addSums(addressSum, bytes.getUint16(at));
    const ttl = options.ttl?.ttl(destination) ?? null;
    return {
      network: this,
      source,
      destination,
      interface: via,
      mtu: 1500,
      headerSize: 20,
      addressSum,
      checksumOffload: this.checksumOffload,
      segmentation: 0,
      local: false,
      confirm() {},
      ...{ ttl },
    };
  }

  send(packet: Packet, path: Path, _protocol: number, dontFragment = false): void {
    const sent: Sent = {
      from: this,
      destination: String(path.destination),
      bytes: packet.toBytes(),
      reason: packet.reason?.name ?? 'none',
      ttl: (path as Path & { ttl: number | null }).ttl,
      dontFragment,
    };
    packet.release();
    this.segment.sent.push(sent);
    if (this.segment.lose(sent)) return;
    const everybody = path.destination.toString().endsWith('.255');
    const { clock, delay } = this.segment;
    clock
      .alarm(() => {
        for (const each of this.segment.stations) {
          if (each === this || !(everybody || each.address.equals(path.destination))) continue;
          each.take(path.source, path.destination, sent.bytes);
        }
      })
      .set(clock.now() + delay);
  }

  /** A packet comes in, from whoever it says. */
  take(source: IpAddress, destination: IpAddress, bytes: Uint8Array): void {
    const packet = this.host.pool.takeWith(bytes);
    if (packet === null) return;
    packet.sourceAt = packet.prepend(8);
    packet.destinationAt = packet.sourceAt + 4;
    source.write(packet.view, packet.sourceAt);
    destination.write(packet.view, packet.destinationAt);
    packet.network = packet.sourceAt;
    packet.strip(8);
    packet.broadcast = destination.isBroadcast || (destination.d & 0xff) === 255;
    this.host.turn.run(() => this.receive(packet));
  }

  override receive(packet: Packet): void {
    this.above[0].receive(packet);
  }

  isLocal(address: IpAddress): boolean {
    return address.equals(this.address);
  }

  /** The sender hears of it as through ICMP. */
  reject(packet: Packet, why: Rejection): void {
    const source = IpAddress.read(packet.view, packet.sourceAt, 4);
    this.rejections.push(`${why} ${source}`);
    const quoted = packet.bytes.slice(packet.transport, packet.transport + 8);
    const sender = this.segment.stations.find((each) => each.address.equals(source));
    if (sender === undefined) return;
    const { clock, delay } = this.segment;
    clock.alarm(() => sender.tell(why, this.address, quoted)).set(clock.now() + delay);
  }

  /** ICMP tells about a packet to `to`. */
  tell(kind: NetworkError['kind'], to: IpAddress, quoted: Uint8Array): void {
    const error: NetworkError = {
      kind,
      type: 3,
      code: 3,
      mtu: 0,
      from: to,
      source: this.address,
      destination: to,
      view: new DataView(quoted.buffer, quoted.byteOffset, quoted.byteLength),
      at: 0,
      length: quoted.length,
    };
    this.host.turn.run(() => (this.above[0] as Transport).networkError(error));
  }
}
layer({ name: 'ipv4', over: [] })(Wire);
