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
  Arp,
  ArpOperation,
  type ArpOptions,
  Ethernet,
  type EthernetOptions,
  type FragmentPolicy,
  fragmentPolicies,
  Icmp,
  type IcmpOptions,
  Ipv4,
  type Ipv4Header,
  type Ipv4Options,
  type NetworkError,
  type Path,
  type PathOptions,
  RouteTable,
  type Transport,
  writeArp,
  writeEthernet,
  writeIpv4,
} from '@netwright/layers';
import { ArrayDevice } from './array-device.js';

export const ip = (text: string): IpAddress => IpAddress.parse(text) as IpAddress;
export const mac = (text: string): MacAddress => MacAddress.parse(text) as MacAddress;

/** The protocol number that RFC 3692 leaves to experiments. */
export const PROBE = 253;

/** A transport that keeps what it gets. */
@layer({ name: 'probe', over: [{ layer: 'ipv4', key: PROBE }] })
export class Probe extends Layer implements Transport {
  readonly got: { from: string; data: Uint8Array; broadcast: boolean; via: string }[] = [];
  readonly errors: { kind: string; mtu: number; destination: string; quoted: number }[] = [];

  receive(packet: Packet): void {
    this.got.push({
      from: `${IpAddress.read(packet.view, packet.sourceAt, 4)}`,
      data: packet.toBytes(),
      broadcast: packet.broadcast,
      via: packet.interface?.name ?? 'none',
    });
    packet.release();
  }

  networkError(error: NetworkError): void {
    const { kind, mtu, length } = error;
    this.errors.push({ kind, mtu, destination: `${error.destination}`, quoted: length });
  }
}

export interface RigOptions {
  readonly clock?: VirtualClock;
  readonly name?: string;
  readonly mtu?: number;
  /** Of each interface, eth0 first. */
  readonly addresses?: readonly (readonly string[])[];
  readonly ethernet?: EthernetOptions;
  readonly arp?: ArpOptions;
  readonly ipv4?: Ipv4Options;
  readonly icmp?: IcmpOptions;
  readonly fragments?: FragmentPolicy;
}

/** Every rig of a test file. */
export const rigs: Rig[] = [];

/** Packets that are still somewhere after all that could happen has happened, in any rig of the file. */
export function leftOver(): number {
  for (const { clock } of rigs) clock.run();
  return rigs.reduce((total, each) => total + each.inUse, 0);
}

/** A stack of ethernet, arp, ipv4, icmp and a probe, made by hand on array devices; its first address is 10.0.0.1. */
export class Rig {
  readonly clock: VirtualClock;
  readonly host: Host;
  readonly devices: ArrayDevice[] = [];
  readonly ethernet: Ethernet;
  readonly arp: Arp;
  readonly ipv4: Ipv4;
  readonly icmp: Icmp;
  readonly probe = new Probe();
  readonly stack: Stack;

  constructor(options: RigOptions = {}) {
    const name = options.name ?? 'rig';
    this.clock = options.clock ?? new VirtualClock();
    const pool = new PacketPool({ small: 2048, large: 16 });
    this.host = Host.create({ name, clock: this.clock, pool, random: new SeededRandom(name) });
    for (const [index, addresses] of (options.addresses ?? [['10.0.0.1/24']]).entries()) {
      const device = new ArrayDevice(this.clock, options.mtu);
      this.devices.push(device);
      const own = MacAddress.of(0x0200, (name.charCodeAt(0) << 8) | (index + 1));
      this.host.attach(device, { addresses, mac: own });
    }
    this.ethernet = new Ethernet(this.host, options.ethernet);
    this.arp = new Arp(this.host, options.arp);
    const policy = options.fragments ?? fragmentPolicies.linux;
    this.ipv4 = new Ipv4(this.host, options.ipv4, undefined, new RouteTable(), policy);
    this.icmp = new Icmp(this.host, options.icmp);
    this.ethernet.registerLayer(this.arp).registerLayer(this.ipv4);
    this.arp.registerLayer(this.ipv4);
    this.ipv4.registerLayer(this.icmp).registerLayer(this.probe);
    this.stack = new Stack(this.host, [this.ethernet, this.arp, this.ipv4, this.icmp, this.probe]);
    rigs.push(this);
  }

  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
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

  path(destination: string, options?: PathOptions): Path {
    const path = this.ipv4.path(ip(destination), options);
    if (typeof path === 'string') throw new Error(`no path to ${destination}: ${path}`);
    return path;
  }

  /** Sends data by the probe protocol. */
  send(to: string | Path, data: string | Uint8Array = 'hello', dontFragment = false): void {
    this.host.turn.run(() => {
      const packet = this.host.pool.takeWith(typeof data === 'string' ? new TextEncoder().encode(data) : data);
      if (packet === null) throw new Error('no packet slot');
      this.ipv4.send(packet, typeof to === 'string' ? this.path(to) : to, PROBE, dontFragment);
    });
  }

  /** What the probe got, as text. */
  texts(): string[] {
    return this.probe.got.map(({ data }) => new TextDecoder().decode(data));
  }
}

/** The other station of most tests. */
export const PEER = { ip: ip('10.0.0.2'), mac: mac('02:00:00:00:00:02') };

/** An Ethernet frame. */
export function frame(to: MacAddress, from: MacAddress, type: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(14 + payload.length);
  writeEthernet(new DataView(bytes.buffer), 0, { destination: to, source: from, type });
  bytes.set(payload, 14);
  return bytes;
}

/** An ARP packet. */
export function arpBytes(
  operation: 'request' | 'reply',
  sender: { mac: MacAddress; ip: IpAddress },
  target: { mac?: MacAddress; ip: IpAddress },
): Uint8Array {
  const bytes = new Uint8Array(28);
  writeArp(new DataView(bytes.buffer), 0, {
    operation: operation === 'request' ? ArpOperation.Request : ArpOperation.Reply,
    senderMac: sender.mac,
    senderIp: sender.ip,
    targetMac: target.mac ?? MacAddress.zero,
    targetIp: target.ip,
  });
  return bytes;
}

/** The RFC 1071 sum of bytes that are not in packet memory. */
export function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i++) total += i % 2 === 0 ? bytes[i] << 8 : bytes[i];
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** An IPv4 packet with a correct checksum; from 10.0.0.2 to 10.0.0.1 by the probe protocol unless said otherwise. */
export function ipBytes(payload: Uint8Array, header: Partial<Ipv4Header> = {}): Uint8Array {
  const options = header.options ?? new Uint8Array(0);
  const size = 20 + options.length;
  const bytes = new Uint8Array(size + payload.length);
  writeIpv4(new DataView(bytes.buffer), 0, {
    trafficClass: 0,
    totalLength: bytes.length,
    identification: 7,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: PROBE,
    source: PEER.ip,
    destination: ip('10.0.0.1'),
    ...header,
    options,
  });
  bytes.set(payload, size);
  const checksum = ~sum(bytes.subarray(0, size)) & 0xffff;
  bytes[10] = checksum >>> 8;
  bytes[11] = checksum & 0xff;
  return bytes;
}

/** The same in a frame to the rig. */
export function ipFrame(rig: Rig, payload: Uint8Array, header: Partial<Ipv4Header> = {}, index = 0): Uint8Array {
  return frame(rig.host.interfaces[index].mac, PEER.mac, 0x0800, ipBytes(payload, header));
}

/** An ICMP message with a correct checksum. */
export function icmpBytes(type: number, code: number, rest: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, type);
  view.setUint8(1, code);
  view.setUint32(4, rest);
  bytes.set(data, 8);
  view.setUint16(2, ~sum(bytes) & 0xffff);
  return bytes;
}

/** Lets the rig know the other station, so that what it sends goes out at once. */
export function introduce(rig: Rig, index = 0): void {
  rig.arp.set(PEER.ip, PEER.mac, rig.host.interfaces[index]);
}

/** Two stacks on one link: 10.0.0.1 and 10.0.0.2. */
export async function pair(left: RigOptions = {}, right: RigOptions = {}): Promise<[Rig, Rig]> {
  const clock = new VirtualClock();
  const a = await Rig.start({ clock, name: 'a', addresses: [['10.0.0.1/24']], ...left });
  const b = await Rig.start({ clock, name: 'b', addresses: [['10.0.0.2/24']], ...right });
  a.device.peer = b.device;
  b.device.peer = a.device;
  return [a, b];
}

const SIXTEEN = new TextEncoder().encode('0123456789abcdef');

/** Gives the rig an error that quotes a packet which it might have sent. */
export function error(rig: Rig, type: number, code: number, rest: number, quoted = ipBytes(SIXTEEN, OURS)): void {
  rig.device.receive(ipFrame(rig, icmpBytes(type, code, rest, quoted), { protocol: 1, source: ip('10.0.0.254') }));
}
/** A packet that a rig might have sent. */
export const OURS = { source: ip('10.0.0.1'), destination: ip('192.0.2.1'), totalLength: 1500 };
/** A rig with a router. */
export const routed = { ipv4: { gateway: '10.0.0.254' } };
