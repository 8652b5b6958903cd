import { Unsupported } from '../outcome.js';
import type { ScriptLayer } from '../parse/encapsulation.js';
import type { IcmpKind, ScriptIcmp } from '../parse/icmp.js';
import type { ScriptIp, ScriptPacket, ScriptPlain, ScriptTcp } from '../parse/packet.js';
import { encapsulate } from './encapsulate.js';
import type { Environment } from './environment.js';
import type { Flow } from './flow.js';
import type { Flows } from './flows.js';
import { checksum, datagramBytes, frameOf, ipBytes, ipHeaderSize, segmentBytes, transportChecksum } from './frame.js';
import { signed } from './md5.js';
import { encodeOptions } from './options.js';

const TCP = 6;
const UDP = 17;
const ICMP = 1;
const ICMPV6 = 58;

/** Ports of datagrams where the script writes none. */
export interface DatagramPorts {
  readonly local: number;
  readonly remote: number;
}

/** Puts the packets of a script onto the link. */
export class Injector {
  /** The headers around what is injected now. */
  private layers: readonly ScriptLayer[] = [];

  constructor(
    private readonly environment: Environment,
    private readonly flows: Flows,
    private readonly datagramPorts: () => DatagramPorts,
  ) {}

  /** Sends it to the stack, which takes it at once. */
  inject(packet: ScriptPacket): void {
    this.layers = packet.kind === 'tunneled' ? packet.layers : [];
    this.injectPlain(packet.kind === 'tunneled' ? packet.packet : packet);
  }

  private injectPlain(packet: ScriptPlain): void {
    if (packet.kind === 'tcp') this.injectSegment(packet);
    else if (packet.kind === 'udp') {
      const { local, remote } = this.datagramPorts();
      const ports = packet.ports ?? { source: remote, destination: local };
      this.send(packet.ip, UDP, datagramBytes(this.ends(), ports, new Uint8Array(packet.length)), 0);
    } else this.injectError(packet);
  }

  private injectSegment(packet: ScriptTcp): void {
    if (packet.seqKind === 'any') throw new Unsupported('a segment of any sequence number cannot be injected');
    const flow = this.flows.ofInjected(packet.ports, packet.flags, packet.seq);
    if ((packet.flags & 0x02) !== 0) flow.remoteIsn = packet.seq;
    const options = encodeOptions(packet.options ?? [], flow.injected);
    const ack = packet.ack ?? 0;
    const segment = {
      sourcePort: flow.remotePort,
      destinationPort: flow.localPort,
      seq: packet.seq,
      ack: (packet.flags & 0x10) === 0 || packet.ackAbsolute ? ack : flow.toWire(ack),
      flags: packet.flags,
      window: packet.window ?? 0xffff,
      urgent: packet.urgent ?? 0,
      options,
      payload: new Uint8Array(packet.length),
    };
    const signs = packet.options?.some((each) => each.kind === 'md5' && each.digest === 'valid') === true;
    const key = signs ? this.environment.signatures.keyOf(this.ends().source) : null;
    if (signs && key === null) throw new Unsupported('md5 valid without a key (TCP_MD5SIG)');
    const bytes = segmentBytes(this.ends(), key === null ? segment : signed(this.ends(), segment, key));
    // What does not fit the link stands for segments that were put together on their way in.
    const { mtu, local } = this.environment.options.addresses;
    const room = mtu - ipHeaderSize(local) - 20 - options.length;
    this.send(packet.ip, TCP, bytes, packet.length > room ? room : 0);
  }

  /** An error about the last packet of a flow, in the words of the version that the script runs over. */
  private injectError(packet: ScriptIcmp): void {
    const six = this.environment.options.addresses.local.version === 6;
    const kind = six ? packet.six : packet.four;
    if (kind === null) throw new Unsupported(`this error in ${six ? 'ICMPv6' : 'ICMP'}`);
    this.send(packet.ip, six ? ICMPV6 : ICMP, this.icmpBytes(packet, kind, six), 0);
  }

  /** With the eight bytes at least that RFC 792 asks for. */
  private icmpBytes(packet: ScriptIcmp, kind: IcmpKind, six: boolean): Uint8Array {
    const { local, remote } = this.environment.options.addresses;
    const { quoted } = packet;
    const original = quoted.protocol === 'tcp' ? this.quotedSegment(packet) : this.quotedDatagram(packet);
    const protocol = quoted.protocol === 'tcp' ? TCP : UDP;
    const ip = { source: local, destination: remote, protocol, trafficClass: 0, ttl: 64 };
    const inner = ipBytes(ip, original);
    const bytes = new Uint8Array(8 + ipHeaderSize(local) + Math.min(original.length, 28));
    const view = new DataView(bytes.buffer);
    bytes[0] = kind.type;
    bytes[1] = kind.code;
    if (six) view.setUint32(4, packet.mtu);
    else view.setUint16(6, packet.mtu);
    bytes.set(inner.subarray(0, bytes.length - 8), 8);
    view.setUint16(2, six ? transportChecksum(remote, local, ICMPV6, bytes) : checksum(bytes));
    return bytes;
  }

  private quotedSegment({ quoted }: ScriptIcmp): Uint8Array {
    const flow: Flow = this.flows.ofInjected(null, 0, 0);
    const { local, remote } = this.environment.options.addresses;
    return segmentBytes(
      { source: local, destination: remote },
      {
        sourcePort: flow.localPort,
        destinationPort: flow.remotePort,
        seq: flow.toWire(quoted.seq),
        ack: 0,
        flags: 0x10,
        window: 0,
        urgent: 0,
        options: new Uint8Array(0),
        payload: new Uint8Array(quoted.length),
      },
    );
  }

  private quotedDatagram({ quoted }: ScriptIcmp): Uint8Array {
    const { local, remote } = this.datagramPorts();
    const ends = {
      source: this.environment.options.addresses.local,
      destination: this.environment.options.addresses.remote,
    };
    return datagramBytes(ends, { source: local, destination: remote }, new Uint8Array(quoted.length));
  }

  private ends() {
    const { local, remote } = this.environment.options.addresses;
    return { source: remote, destination: local };
  }

  private send(ip: ScriptIp, protocol: number, content: Uint8Array, segmentSize: number): void {
    const trafficClass = ip.tos ?? ip.ecn?.[0] ?? 0;
    const ends = this.ends();
    const bytes = ipBytes({ ...ends, protocol, trafficClass, ttl: ip.ttl ?? 64 }, content);
    const outer = encapsulate(this.layers, { bytes, type: ends.source.version === 4 ? 0x0800 : 0x86dd });
    this.environment.device.inject(frameOf(outer.type, outer.bytes), this.layers.length > 0 ? 0 : segmentSize);
  }
}
