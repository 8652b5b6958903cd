import {
  Host,
  IpAddress,
  Layer,
  layer,
  MacAddress,
  type NetworkInterface,
  type Packet,
  PacketPool,
  SeededRandom,
  Stack,
  VirtualClock,
} from '@netwright/core';
import {
  Ethernet,
  findPayload,
  Icmpv6,
  type Icmpv6Options,
  Ipv6,
  type Ipv6Header,
  type Ipv6Options,
  multicastMac,
  Ndp,
  type NdpMessage,
  type NdpOptions,
  type NetworkError,
  ndpSize,
  type Path,
  type PathOptions,
  readIcmpv6,
  readIpv6,
  readNdp,
  type Transport,
  writeIpv6,
  writeNdp,
} from '@netwright/layers';
import { ArrayDevice } from './array-device.js';
import { frame, ip, mac, PROBE, sum } from './rig.js';

/** A transport over IPv6 that keeps what it gets. */
@layer({ name: 'probe6', over: [{ layer: 'ipv6', key: PROBE }] })
export class Probe6 extends Layer implements Transport {
  readonly got: { from: string; to: string; data: Uint8Array; broadcast: boolean; trafficClass: number }[] = [];
  readonly errors: { kind: string; mtu: number; destination: string; quoted: number }[] = [];
  /** Whether errors are about packets of ours. */
  recognizing = true;

  receive(packet: Packet): void {
    const { view, sourceAt, destinationAt, broadcast, trafficClass } = packet;
    this.got.push({
      from: `${IpAddress.read(view, sourceAt, 16)}`,
      to: `${IpAddress.read(view, destinationAt, 16)}`,
      data: packet.toBytes(),
      broadcast,
      trafficClass,
    });
    packet.release();
  }

  recognizes(): boolean {
    return this.recognizing;
  }

  networkError(error: NetworkError): void {
    const { kind, mtu, length } = error;
    this.errors.push({ kind, mtu, destination: `${error.destination}`, quoted: length });
  }
}

export interface Rig6Options {
  readonly clock?: VirtualClock;
  readonly name?: string;
  readonly mtu?: number;
  /** Of each interface, eth0 first. */
  readonly addresses?: readonly (readonly string[])[];
  readonly ndp?: NdpOptions;
  readonly ipv6?: Ipv6Options;
  readonly icmpv6?: Icmpv6Options;
}

/** The other station of most tests. */
export const PEER6 = { ip: ip('fd00::2'), link: ip('fe80::2'), mac: mac('02:00:00:00:00:02') };

/** A packet that the rig sent, taken apart. */
export interface Seen6 {
  readonly header: Ipv6Header;
  readonly to: string;
  readonly reason: string;
  readonly at: number;
  /** What follows the fixed header. */
  readonly body: Uint8Array;
}

/** A stack of ethernet, ndp, ipv6, icmpv6 and a probe, made by hand on array devices; its first address is fd00::1. */
export class Rig6 {
  readonly clock: VirtualClock;
  readonly host: Host;
  readonly devices: ArrayDevice[] = [];
  readonly ethernet: Ethernet;
  readonly ndp: Ndp;
  readonly ipv6: Ipv6;
  readonly icmpv6: Icmpv6;
  readonly probe = new Probe6();
  readonly stack: Stack;

  constructor(options: Rig6Options = {}) {
    const name = options.name ?? 'rig';
    this.clock = options.clock ?? new VirtualClock();
    const pool = new PacketPool({ small: 2048, large: 16 });
    this.host = Host.create({ name, clock: this.clock, pool, random: new SeededRandom(name) });
    for (const [index, addresses] of (options.addresses ?? [['fd00::1/64']]).entries()) {
      const device = new ArrayDevice(this.clock, options.mtu);
      this.devices.push(device);
      const own = MacAddress.of(0x0200, (name.charCodeAt(0) << 8) | (index + 1));
      this.host.attach(device, { addresses, mac: own });
    }
    this.ethernet = new Ethernet(this.host);
    // Most tests are not about who else has the address.
    this.ndp = new Ndp(this.host, { duplicates: 0, ...options.ndp });
    this.ipv6 = new Ipv6(this.host, options.ipv6);
    this.icmpv6 = new Icmpv6(this.host, options.icmpv6);
    this.ethernet.registerLayer(this.ndp).registerLayer(this.ipv6);
    this.ndp.registerLayer(this.ipv6);
    this.ipv6.registerLayer(this.icmpv6).registerLayer(this.probe);
    this.stack = new Stack(this.host, [this.ethernet, this.ndp, this.ipv6, this.icmpv6, this.probe]);
  }

  static async start(options: Rig6Options = {}): Promise<Rig6> {
    const rig = new Rig6(options);
    await rig.stack.start();
    return rig;
  }

  get device(): ArrayDevice {
    return this.devices[0];
  }

  get eth0(): NetworkInterface {
    return this.host.interfaces[0];
  }

  /** Packets of this stack that are somewhere. */
  get inUse(): number {
    return this.host.pool.inUse;
  }

  /** The rig's own link-local address. */
  get linkLocal(): IpAddress {
    return this.eth0.addresses.find(({ address }) => address.a >>> 16 === 0xfe80)?.address as IpAddress;
  }

  path(destination: string, options?: PathOptions): Path {
    const path = this.ipv6.path(ip(destination), options);
    if (typeof path === 'string') throw new Error(`no path to ${destination}: ${path}`);
    return path;
  }

  /** Sends data by the probe protocol. */
  send(to: string | Path, data: string | Uint8Array = 'hello', dontFragment = false, trafficClass = 0): void {
    this.host.turn.run(() => {
      const packet = this.host.pool.takeWith(typeof data === 'string' ? new TextEncoder().encode(data) : data);
      if (packet === null) throw new Error('no packet slot');
      packet.trafficClass = trafficClass;
      this.ipv6.send(packet, typeof to === 'string' ? this.path(to) : to, PROBE, dontFragment);
    });
  }

  /** Gives the rig a packet of the other station's. */
  receive(bytes: Uint8Array, to: MacAddress = this.eth0.mac): void {
    this.device.receive(frame(to, PEER6.mac, 0x86dd, bytes));
  }

  /** Gives the rig a message of neighbour discovery, for everybody who hears `destination`. */
  discover(message: NdpMessage, source: IpAddress, destination: IpAddress, hopLimit = 255): void {
    const bytes = new Uint8Array(ndpSize(message));
    writeNdp(new DataView(bytes.buffer), 0, message);
    const packet = summed(ip6Bytes(bytes, { nextHeader: 58, source, destination, hopLimit }));
    this.receive(packet, destination.isMulticast ? multicastMac(destination) : this.eth0.mac);
  }

  /** The packets sent so far; they are forgotten then. */
  take(index = 0): Seen6[] {
    return this.devices[index]
      .take()
      .filter(({ bytes }) => bytes[12] === 0x86 && bytes[13] === 0xdd)
      .map(({ bytes, reason, at }) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        const header = readIpv6(view, 14, bytes.length - 14);
        if (typeof header === 'string') throw new Error(`the rig sent a malformed packet: ${header}`);
        return { header, to: `${MacAddress.read(view, 0)}`, reason, at, body: bytes.slice(54) };
      });
  }

  /** The messages of neighbour discovery among them. */
  takeNdp(): { message: NdpMessage; seen: Seen6 }[] {
    return this.take().flatMap((seen) => {
      const message = seen.header.nextHeader === 58 ? readNdp(viewOf(seen.body), 0, seen.body.length) : undefined;
      return message === undefined ? [] : [{ message, seen }];
    });
  }

  /** The ICMPv6 messages that are not of neighbour discovery: type, code, rest. */
  takeIcmp(): { type: number; code: number; rest: number; seen: Seen6 }[] {
    return this.take().flatMap((seen) => {
      const header = seen.header.nextHeader === 58 ? readIcmpv6(viewOf(seen.body), 0, seen.body.length) : undefined;
      return header === undefined || (header.type >= 133 && header.type <= 137) ? [] : [{ ...header, seen }];
    });
  }

  /** What the probe got, as text. */
  texts(): string[] {
    return this.probe.got.map(({ data }) => new TextDecoder().decode(data));
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** An IPv6 packet; from fd00::2 to fd00::1 by the probe protocol unless said otherwise. */
export function ip6Bytes(payload: Uint8Array, header: Partial<Ipv6Header> = {}): Uint8Array {
  const bytes = new Uint8Array(40 + payload.length);
  writeIpv6(viewOf(bytes), 0, {
    trafficClass: 0,
    flowLabel: 0,
    payloadLength: payload.length,
    nextHeader: PROBE,
    hopLimit: 64,
    source: PEER6.ip,
    destination: ip('fd00::1'),
    ...header,
  });
  bytes.set(payload, 40);
  return bytes;
}

/** Puts the ICMPv6 checksum into a packet. */
export function summed(packet: Uint8Array): Uint8Array {
  const view = viewOf(packet);
  const at = findPayload(view, 0, packet.length)?.at ?? 40;
  view.setUint16(at + 2, 0);
  view.setUint16(at + 2, checksum6(packet, at));
  return packet;
}

/** What the checksum field of an ICMPv6 message at `at` has to say; 0 over one that is right. */
export function checksum6(packet: Uint8Array, at = 40): number {
  const length = packet.length - at;
  const pseudo = new Uint8Array(40 + length);
  pseudo.set(packet.subarray(8, 40), 0);
  viewOf(pseudo).setUint32(32, length);
  pseudo[39] = 58;
  pseudo.set(packet.subarray(at), 40);
  return ~sum(pseudo) & 0xffff;
}

/** An ICMPv6 message in its packet to the rig, with its checksum. */
export function icmp6Packet(
  type: number,
  code: number,
  rest: number,
  data: Uint8Array,
  header: Partial<Ipv6Header> = {},
): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = viewOf(bytes);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest);
  bytes.set(data, 8);
  return summed(ip6Bytes(bytes, { nextHeader: 58, ...header }));
}

/** An extension header of 8 bytes with an option, or with what a routing header holds. */
export function extension(next: number, ...bytes: number[]): Uint8Array {
  const header = new Uint8Array(Math.max(8, Math.ceil((bytes.length + 2) / 8) * 8));
  header[0] = next;
  header[1] = header.length / 8 - 1;
  header.set(bytes, 2);
  if (bytes.length < header.length - 2 && bytes.length > 0) {
    const rest = header.length - 2 - bytes.length;
    // PadN over what is left.
    if (rest >= 2) header.set([1, rest - 2], 2 + bytes.length);
  }
  return header;
}

/** Parts as one. */
export function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((each) => [...each]));
}

/** Lets the rig know the other station, so that what it sends goes out at once. */
export function introduce6(rig: Rig6, address: IpAddress = PEER6.ip, index = 0): void {
  rig.ndp.set(address, PEER6.mac, rig.host.interfaces[index]);
}

/** Two stacks on one link: fd00::1 and fd00::2. */
export async function pair6(left: Rig6Options = {}, right: Rig6Options = {}): Promise<[Rig6, Rig6]> {
  const clock = new VirtualClock();
  const a = new Rig6({ clock, name: 'a', addresses: [['fd00::1/64']], ...left });
  const b = new Rig6({ clock, name: 'b', addresses: [['fd00::2/64']], ...right });
  a.device.peer = b.device;
  b.device.peer = a.device;
  await a.stack.start();
  await b.stack.start();
  return [a, b];
}
