import {
  addSums,
  Host,
  type NetworkInterface,
  type Packet,
  PacketPool,
  plainChecksum,
  SeededRandom,
  VirtualClock,
} from '@netwright/core';
import { Cable } from '@netwright/plugins';

/** Frames made byte by byte, so that what reads them is not tested against what writes them. */
export const MAC_A = [2, 0, 0, 0, 0, 1];
export const MAC_B = [2, 0, 0, 0, 0, 2];
const A = [10, 0, 0, 1];
const B = [10, 0, 0, 2];

function sum(bytes: readonly number[]): number {
  return plainChecksum(new DataView(Uint8Array.from(bytes).buffer))(0, bytes.length);
}

const word = (value: number) => [(value >>> 8) & 255, value & 255];
const long = (value: number) => [...word(value >>> 16), ...word(value)];

export function ethernet(type: number, body: readonly number[], vlan?: number): Uint8Array {
  const tag = vlan === undefined ? [] : [0x81, 0, ...word(vlan)];
  return Uint8Array.from([...MAC_B, ...MAC_A, ...tag, ...word(type), ...body]);
}

export function ipv4(
  protocol: number,
  body: readonly number[],
  { fragment = 0x4000, id = 7, back = false } = {},
): number[] {
  const header = [0x45, 0, ...word(20 + body.length), ...word(id), ...word(fragment), 64, protocol, 0, 0];
  header.push(...(back ? [...B, ...A] : [...A, ...B]));
  const checksum = word(~sum(header) & 0xffff);
  return [...header.slice(0, 10), ...checksum, ...header.slice(12), ...body];
}

function withChecksum(protocol: number, body: number[], at: number): number[] {
  const pseudo = addSums(sum([...A, ...B]), addSums(protocol, body.length));
  const checksum = word(~addSums(sum(body), pseudo) & 0xffff);
  return [...body.slice(0, at), ...checksum, ...body.slice(at + 2)];
}

export interface Segment {
  from?: number;
  to?: number;
  seq: number;
  ack?: number;
  flags: number;
  options?: number[];
  data?: string;
  back?: boolean;
  /** The checksum field as given, in place of the right one. */
  checksum?: number;
}

export function tcp(segment: Segment): Uint8Array {
  const { from = 49152, to = 7777, seq, ack = 0, flags, options = [], data = '', back = false } = segment;
  const ports = back ? [...word(to), ...word(from)] : [...word(from), ...word(to)];
  const header = [...ports, ...long(seq), ...long(ack), ((20 + options.length) / 4) << 4, flags];
  header.push(...word(65535), ...word(segment.checksum ?? 0), 0, 0, ...options);
  const body = [...header, ...Buffer.from(data)];
  const whole = segment.checksum === undefined ? withChecksum(6, body, 16) : body;
  return ethernet(0x0800, ipv4(6, whole, { back }));
}

export function udp(from: number, to: number, data: readonly number[]): Uint8Array {
  const body = withChecksum(17, [...word(from), ...word(to), ...word(8 + data.length), 0, 0, ...data], 6);
  return ethernet(0x0800, ipv4(17, body));
}

export function icmp(type: number, code: number, rest: readonly number[]): Uint8Array {
  const body = [type, code, 0, 0, ...rest];
  const checksum = word(~sum(body) & 0xffff);
  return ethernet(0x0800, ipv4(1, [...body.slice(0, 2), ...checksum, ...body.slice(4)]));
}

export function arp(operation: number): Uint8Array {
  return ethernet(0x0806, [0, 1, 8, 0, 6, 4, 0, operation, ...MAC_A, ...A, ...[0, 0, 0, 0, 0, 0], ...B]);
}

/** SYN, SYN-ACK, ACK, data, FIN. */
export function conversation(): Uint8Array[] {
  return [
    tcp({ seq: 1000, flags: 0x02, options: [2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7] }),
    tcp({ seq: 5555, ack: 1001, flags: 0x12, options: [2, 4, 5, 180], back: true }),
    tcp({ seq: 1001, ack: 5556, flags: 0x10 }),
    tcp({ seq: 1001, ack: 5556, flags: 0x18, data: 'hello' }),
    tcp({ seq: 1006, ack: 5556, flags: 0x11 }),
  ];
}

/** Two hosts without layers on a cable: what one transmits, the other's taps see. */
export function hosts(latency = 10) {
  const clock = new VirtualClock(1_700_000_000_000);
  const random = new SeededRandom(1);
  const pool = new PacketPool();
  const cable = new Cable({ clock, random, latency });
  const host = (name: string) => {
    const made = Host.create({ name, clock, random: random.fork(name), pool });
    const eth0 = made.attach(cable.attach(name, pool));
    eth0.link = { receive: (packet: Packet) => packet.release() };
    return { host: made, eth0 };
  };
  const world = { clock, pool, cable, srv: host('srv'), cli: host('cli') };
  return {
    ...world,
    async open() {
      await world.srv.eth0.open();
      await world.cli.eth0.open();
    },
    transmit(via: NetworkInterface, frame: Uint8Array, touch?: (packet: Packet) => void) {
      const packet = pool.takeWith(frame) as Packet;
      touch?.(packet);
      const { host } = via === world.srv.eth0 ? world.srv : world.cli;
      host.turn.run(() => via.transmit(packet));
    },
  };
}
