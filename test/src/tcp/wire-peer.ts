import {
  type Device,
  type DeviceReceiver,
  Host,
  IpAddress,
  MacAddress,
  type NetwrightError,
  NO_OFFLOAD,
  type Override,
  type Packet,
  PacketPool,
  type PacketPoolSize,
  Scope,
  SeededRandom,
  Stack,
  VirtualClock,
} from '@netwright/core';
import {
  ACK,
  Arp,
  type ConnectOptions,
  Ethernet,
  formatFlags,
  Icmp,
  Ipv4,
  Listener,
  type ListenOptions,
  readTcpHeader,
  TCP_PROTOCOL,
  Tcp,
  type TcpHandler,
  type TcpSession,
  type TcpSettings,
  TcpSettingsSchema,
  tcpDefaults,
} from '@netwright/layers';
import type { ExecutionContext } from 'ava';
import {
  parseFlags,
  pattern,
  type ReadOptions,
  readOptionText,
  sealTcp,
  sum16,
  writeOptionText,
} from './wire-codec.js';

export { pattern } from './wire-codec.js';

const STACK_MAC = '02:00:00:00:00:01';
const PEER_MAC = '02:00:00:00:00:02';

/** A segment that a script sends. Numbers of sequence space count from the initial ones: the SYN is 0, the first byte 1. */
export interface Sent {
  /** 'S', 'SA', 'PA', '.': letters of FSRPAUEC; '.' and left out mean no flag but ACK where `ack` is given. */
  flags?: string;
  seq?: number;
  ack?: number;
  win?: number;
  /** 'mss 1460, sackOK, ts 100, nop, ws 7': what comes in the option field; `ts` echoes what the stack sent last. */
  options?: string;
  /** Bytes of the stream's pattern at this place, or text. */
  data?: number | string;
  urgent?: number;
  /** IP's ECN field. */
  ecn?: number;
  /** Changes the finished segment before it is summed. */
  edit?(segment: DataView): void;
  /** Sums it wrong. */
  badChecksum?: boolean;
}

/** A segment that the stack has sent. */
export interface Emitted {
  flags: string;
  seq: number;
  ack: number;
  length: number;
  win: number;
  urgent: number;
  /** 'mss 1460, sackOK, ts, nop, ws 7' */
  options: string;
  tsVal: number;
  tsEcr: number;
  mss: number;
  ecn: number;
  /** The bits of the header that nobody has given a meaning. */
  reserved: number;
  reason: string;
  /** ms of the clock */
  at: number;
  payload: Uint8Array;
}

/** What a script expects; what it leaves out is not looked at. `data` is text, else the pattern is expected. */
export type Expected = Partial<Omit<Emitted, 'payload' | 'at'>> & {
  data?: string;
  /** ms that may pass until it comes; 0 unless said otherwise. */
  within?: number;
  /** ms that must pass until it comes, since the last thing the script did. */
  after?: number;
};

/** The cable's other end: keeps what the stack sends, answers its ARP requests. */
class ScriptDevice implements Device {
  readonly name = 'script';
  readonly address = MacAddress.parse(STACK_MAC) ?? null;
  readonly offload = NO_OFFLOAD;
  readonly frames: { bytes: Uint8Array; reason: string; at: number }[] = [];
  receiver: DeviceReceiver | null = null;

  constructor(
    readonly mtu: number,
    private readonly clock: VirtualClock,
  ) {}

  open(receiver: DeviceReceiver): void {
    this.receiver = receiver;
  }

  send(batch: Packet[], count: number): void {
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      const bytes = packet.toBytes();
      if (bytes[12] === 0x08 && bytes[13] === 0x06) this.answerArp(bytes);
      else this.frames.push({ bytes, reason: packet.reason?.name ?? 'none', at: this.clock.now() });
      packet.release();
    }
  }

  close(): void {
    this.receiver = null;
  }

  inject(...frames: Uint8Array[]): void {
    const { receiver } = this;
    if (receiver === null) return;
    const batch = frames.flatMap((each) => receiver.pool.takeWith(each) ?? []);
    receiver.receive(batch, batch.length);
  }

  private answerArp(request: Uint8Array): void {
    if (request[21] !== 1) return;
    const reply = request.slice(0, 42);
    reply.set(request.subarray(6, 12), 0);
    MacAddress.parse(PEER_MAC)?.write(new DataView(reply.buffer), 6);
    reply[21] = 2;
    reply.set(reply.subarray(6, 12), 22);
    reply.set(request.subarray(38, 42), 28);
    reply.set(request.subarray(22, 32), 32);
    this.clock.alarm(() => this.inject(reply)).set(this.clock.now());
  }
}

export interface RigOptions {
  settings?: Partial<TcpSettings>;
  overrides?: readonly Override[];
  mtu?: number;
  pool?: PacketPoolSize;
  addresses?: readonly string[];
  seed?: number;
}

/** One real stack at 10.0.0.1 on a virtual clock, and the wire it is connected to. */
export class Rig {
  readonly clock = new VirtualClock();
  readonly pool: PacketPool;
  readonly host: Host;
  readonly device: ScriptDevice;
  readonly ip: Ipv4;
  readonly tcp: Tcp;
  readonly stack: Stack;
  /** When the script last did something. */
  mark = 0;
  private readonly peers: WirePeer[] = [];

  private constructor(
    readonly t: ExecutionContext,
    options: RigOptions,
  ) {
    this.pool = new PacketPool(options.pool ?? { small: 512, large: 4 });
    this.host = Host.create({ clock: this.clock, random: new SeededRandom(options.seed ?? 1), pool: this.pool });
    this.device = new ScriptDevice(options.mtu ?? 1500, this.clock);
    this.host.attach(this.device, { addresses: options.addresses ?? ['10.0.0.1/24'] });
    const ethernet = new Ethernet(this.host);
    const arp = new Arp(this.host);
    this.ip = new Ipv4(this.host);
    const icmp = new Icmp(this.host);
    const settings = TcpSettingsSchema.parse(options.settings ?? {});
    this.tcp = new Tcp(this.host, settings, Scope.byHand(this.host, [tcpDefaults], options.overrides ?? []));
    ethernet.registerLayer(arp);
    ethernet.registerLayer(this.ip);
    arp.registerLayer(this.ip);
    this.ip.registerLayer(icmp);
    this.ip.registerLayer(this.tcp);
    this.stack = new Stack(this.host, [ethernet, arp, this.ip, icmp, this.tcp]);
  }

  static async start(t: ExecutionContext, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(t, options);
    await rig.stack.start();
    // The stack knows its neighbour before the script begins.
    rig.device.inject(rig.frame(Uint8Array.of(0, 1, 0, 0), { protocol: 253 }));
    rig.clock.advance(5000);
    rig.device.frames.length = 0;
    rig.mark = rig.clock.now();
    return rig;
  }

  /** A remote end; each has its own four-tuple and scripts. */
  peer(options: PeerOptions = {}): WirePeer {
    const peer = new WirePeer(this, options);
    this.peers.push(peer);
    return peer;
  }

  listen(options: Partial<ListenOptions> = {}): { listener: Listener; apps: App[] } {
    const apps: App[] = [];
    const listener = this.tcp.listen({
      port: 80,
      onConnection: (session) => {
        const app = new App();
        app.session = session;
        apps.push(app);
        return app.handler;
      },
      ...options,
    });
    return { listener, apps };
  }

  connect(options: Partial<ConnectOptions> = {}): App {
    const app = new App();
    const handler = app.handler;
    app.session = this.tcp.connect({ address: '10.0.0.2', port: 7, localPort: 5000, handler, ...options });
    return app;
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.mark = this.clock.now();
  }

  /** Hands what was emitted to the peers. */
  sort(): void {
    for (const frame of this.device.frames.splice(0)) {
      const { bytes } = frame;
      const view = new DataView(bytes.buffer);
      if (view.getUint8(23) !== TCP_PROTOCOL) continue;
      const at = 14 + (view.getUint8(14) & 15) * 4;
      for (const peer of this.peers) {
        if (
          peer.port === view.getUint16(at + 2) &&
          peer.stackPort === view.getUint16(at) &&
          peer.address.isAt(view, 30) &&
          peer.stackAddress.isAt(view, 26)
        ) {
          peer.take(bytes, at, frame.reason, frame.at);
          break;
        }
      }
    }
  }

  /** A frame with an IPv4 packet in it. */
  frame(
    payload: Uint8Array,
    options: { protocol?: number; from?: IpAddress; to?: IpAddress; ecn?: number; ipOptions?: Uint8Array } = {},
  ) {
    const { ipOptions = new Uint8Array(0) } = options;
    const size = 20 + ipOptions.length;
    const bytes = new Uint8Array(14 + size + payload.length);
    const view = new DataView(bytes.buffer);
    bytes.set(ipOptions, 34);
    MacAddress.parse(STACK_MAC)?.write(view, 0);
    MacAddress.parse(PEER_MAC)?.write(view, 6);
    view.setUint16(12, 0x0800);
    view.setUint16(14, 0x4000 | (size << 6) | (options.ecn ?? 0));
    view.setUint16(16, size + payload.length);
    view.setUint16(20, 0x4000);
    view.setUint16(22, 0x4000 | (options.protocol ?? TCP_PROTOCOL));
    (options.from ?? ip('10.0.0.2')).write(view, 26);
    (options.to ?? ip('10.0.0.1')).write(view, 30);
    view.setUint16(24, ~sum16(bytes, 14, size) & 0xffff);
    bytes.set(payload, 14 + size);
    return bytes;
  }

  /** ICMP about the last segment that the stack sent to `peer` as number `seq`. */
  icmp(peer: WirePeer, type: number, code: number, seq: number, mtu = 0): void {
    const quote = new Uint8Array(28);
    const view = new DataView(quote.buffer);
    view.setUint16(0, 0x4500);
    view.setUint16(2, 1500);
    view.setUint16(6, 0x4000);
    view.setUint16(8, 0x4000 | TCP_PROTOCOL);
    peer.stackAddress.write(view, 12);
    peer.address.write(view, 16);
    view.setUint16(10, ~sum16(quote, 0, 20) & 0xffff);
    view.setUint16(20, peer.stackPort);
    view.setUint16(22, peer.port);
    view.setUint32(24, (peer.stackIss + seq) >>> 0);
    const message = new Uint8Array(8 + quote.length);
    message.set(quote, 8);
    const head = new DataView(message.buffer);
    head.setUint8(0, type);
    head.setUint8(1, code);
    head.setUint32(4, mtu);
    head.setUint16(2, ~sum16(message, 0, message.length) & 0xffff);
    this.device.inject(this.frame(message, { protocol: 1, from: ip('10.0.0.2') }));
    this.mark = this.clock.now();
  }

  /** Nothing is left of any connection. */
  clean(): void {
    const { tcp, host, pool } = this;
    this.t.deepEqual(
      { connections: tcp.connections, blocks: tcp.blocks.inUse, timers: host.timers.armed, packets: pool.inUse },
      { connections: 0, blocks: 0, timers: 0, packets: 0 },
    );
  }
}

export interface PeerOptions {
  port?: number;
  stackPort?: number;
  address?: string;
  stackAddress?: string;
  /** Its initial sequence number. */
  iss?: number;
}

/** The scripted end of one connection. */
export class WirePeer {
  readonly port: number;
  readonly stackPort: number;
  readonly address: IpAddress;
  readonly stackAddress: IpAddress;
  iss: number;
  /** The stack's initial sequence number, once a SYN of it was seen. */
  stackIss = 0;
  /** TSval that the stack sent last. */
  tsRecent = 0;
  /** Options of IP on what it sends; a multiple of four bytes. */
  ipOptions = new Uint8Array(0);
  readonly emitted: Emitted[] = [];
  private readonly t: ExecutionContext;

  constructor(
    readonly rig: Rig,
    options: PeerOptions,
  ) {
    this.t = rig.t;
    this.port = options.port ?? 40000;
    this.stackPort = options.stackPort ?? 80;
    this.address = ip(options.address ?? '10.0.0.2');
    this.stackAddress = ip(options.stackAddress ?? '10.0.0.1');
    this.iss = options.iss ?? 1000;
  }

  send(...segments: Sent[]): void {
    this.rig.sort();
    this.rig.device.inject(...segments.map((each) => this.encode(each)));
    this.rig.mark = this.rig.clock.now();
  }

  encode(sent: Sent): Uint8Array {
    const { rig } = this;
    const options = writeOptionText(sent.options ?? '', this.tsRecent, this.iss, this.stackIss);
    const seq = sent.seq ?? 1;
    const data =
      typeof sent.data === 'string'
        ? new TextEncoder().encode(sent.data)
        : pattern(Math.max(0, seq - 1), sent.data ?? 0);
    const bytes = new Uint8Array(20 + options.length + data.length);
    const view = new DataView(bytes.buffer);
    let flags = parseFlags(sent.flags ?? '.');
    if (sent.ack !== undefined && sent.flags === undefined) flags |= ACK;
    view.setUint16(0, this.port);
    view.setUint16(2, this.stackPort);
    view.setUint32(4, (this.iss + seq) >>> 0);
    view.setUint32(8, sent.ack === undefined ? 0 : (this.stackIss + sent.ack) >>> 0);
    view.setUint16(12, ((20 + options.length) << 10) | flags);
    view.setUint16(14, sent.win ?? 65535);
    view.setUint16(18, sent.urgent ?? 0);
    bytes.set(options, 20);
    bytes.set(data, 20 + options.length);
    sent.edit?.(view);
    sealTcp(view, this.address, this.stackAddress);
    if (sent.badChecksum) view.setUint16(16, view.getUint16(16) ^ 1);
    const { address: from, stackAddress: to, ipOptions } = this;
    return rig.frame(bytes, { from, to, ecn: sent.ecn ?? 0, ipOptions });
  }

  /** @internal The stack has sent this to us. */
  take(frame: Uint8Array, at: number, reason: string, time: number): void {
    const view = new DataView(frame.buffer);
    const total = view.getUint16(16) + 14;
    const header = readTcpHeader(view, at, total - at);
    if (header === undefined) throw new Error('the stack sent a malformed header');
    const flags = formatFlags(header.flags);
    if ((header.flags & 0x02) !== 0) this.stackIss = header.sequence;
    const options: ReadOptions = readOptionText(view, at + 20, at + header.size, this.iss);
    if (options.hasTimestamp) this.tsRecent = options.tsVal;
    const payload = frame.slice(at + header.size, total);
    const check = new DataView(frame.slice(at, total).buffer);
    const checksum = header.checksum;
    sealTcp(check, this.stackAddress, this.address);
    this.t.is(check.getUint16(16), checksum, 'the checksum of what the stack sends');
    this.emitted.push({
      flags,
      seq: (header.sequence - this.stackIss) | 0,
      ack: (header.flags & ACK) === 0 ? header.acknowledgment : (header.acknowledgment - this.iss) | 0,
      length: payload.length,
      win: header.window,
      urgent: header.urgentPointer,
      options: options.text,
      tsVal: options.tsVal,
      tsEcr: options.tsEcr,
      mss: options.mss,
      ecn: view.getUint8(15) & 3,
      reserved: header.reserved,
      reason,
      at: time,
      payload,
    });
  }

  /** The next segment that the stack sends to this peer. */
  next(within = 0): Emitted {
    const { rig } = this;
    const until = rig.clock.now() + within;
    rig.sort();
    while (this.emitted.length === 0 && rig.clock.step(until)) rig.sort();
    const found = this.emitted.shift();
    if (found === undefined) throw new Error(`the stack sent nothing within ${within} ms, at ${rig.clock.now()} ms`);
    return found;
  }

  expect(expected: Expected): Emitted {
    const { within, after, data, ...fields } = expected;
    const { mark } = this.rig;
    const found = this.next(within ?? (after === undefined ? 0 : after + 5));
    const actual: Record<string, unknown> = {};
    for (const key of Object.keys(fields)) actual[key] = found[key as keyof Emitted];
    this.t.deepEqual(actual, fields, `${describe(found)}`);
    if (data !== undefined) this.t.is(new TextDecoder().decode(found.payload), data);
    else if (found.length > 0)
      this.t.deepEqual(found.payload, pattern(Math.max(0, found.seq - 1), found.length), 'the payload');
    if (after !== undefined) {
      const passed = found.at - mark;
      this.t.true(
        passed >= after - 1 && passed <= after + 2,
        `${describe(found)} came after ${passed} ms, not ${after}`,
      );
    }
    this.rig.mark = found.at;
    return found;
  }

  /** The stack sends nothing to this peer for `ms`. */
  silent(ms = 0): void {
    this.rig.clock.advance(ms);
    this.rig.sort();
    this.t.deepEqual(this.emitted.map(describe), [], 'silence');
    this.rig.mark = this.rig.clock.now();
  }

  /** What was sent so far, without looking. */
  drain(ms = 0): Emitted[] {
    this.rig.clock.advance(ms);
    this.rig.sort();
    this.rig.mark = this.rig.clock.now();
    return this.emitted.splice(0);
  }

  /** Opens a connection to a listener of the stack. */
  handshake(options: { options?: string; win?: number; flags?: string } = {}): void {
    this.send({
      flags: options.flags ?? 'S',
      seq: 0,
      win: options.win ?? 65535,
      options: options.options ?? 'mss 1460',
    });
    this.next();
    const ts = options.options?.includes('ts') ? { options: `nop, nop, ts ${tsValOf(options.options)}` } : {};
    this.send({ seq: 1, ack: 1, win: options.win ?? 65535, ...ts });
  }

  /** Answers the SYN that the stack has sent. */
  answer(options: { options?: string; win?: number; flags?: string } = {}): void {
    this.next(100);
    const { flags = 'SA', win = 65535, options: text = 'mss 1460' } = options;
    this.send({ flags, seq: 0, ack: 1, win, options: text });
    this.next();
  }
}

/** An application that keeps what it is told. */
export class App {
  session!: TcpSession;
  readonly events: string[] = [];
  received = 0;
  /** Bytes that it has written of its pattern. */
  written = 0;
  text = '';
  readonly handler: TcpHandler = {
    established: () => this.note('established'),
    data: (bytes) => this.take(bytes),
    end: () => this.note('end'),
    writable: () => this.note('writable'),
    urgent: () => this.note('urgent'),
    closed: (_, error) => this.note(error === null ? 'closed' : `closed ${(error as NetwrightError).code}`),
  };

  /** Waits for `read` instead of being handed data. */
  pull(): this {
    delete this.handler.data;
    return this;
  }

  /** Writes `bytes` of the pattern. @returns how many were taken. */
  write(bytes: number): number {
    const taken = this.session.write(pattern(this.written, bytes));
    this.written += taken;
    return taken;
  }

  take(bytes: Uint8Array): void {
    this.text += new TextDecoder('latin1').decode(bytes);
    const expected = pattern(this.received, bytes.length);
    if (!this.lenient && bytes.some((byte, i) => byte !== expected[i])) this.note('corrupt');
    this.received += bytes.length;
  }
  /** Takes bytes that are not the pattern. */
  lenient = false;

  private note(event: string): void {
    this.events.push(event);
  }
}

export function ip(text: string): IpAddress {
  const address = IpAddress.parse(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

export function describe(each: Emitted): string {
  return `[${each.flags}] seq ${each.seq} ack ${each.ack} length ${each.length} win ${each.win} <${each.options}> ${each.reason} at ${each.at}`;
}

function tsValOf(text: string): string {
  return /ts (\d+)/.exec(text)?.[1] ?? '0';
}

/** A connection that a peer has opened to port 80 of the stack. */
export async function established(
  t: ExecutionContext,
  options: RigOptions & { syn?: string; win?: number; flags?: string; iss?: number } = {},
): Promise<{ rig: Rig; peer: WirePeer; app: App; session: TcpSession }> {
  const rig = await Rig.start(t, options);
  const { apps } = rig.listen();
  const peer = rig.peer(options.iss === undefined ? {} : { iss: options.iss });
  peer.handshake({
    options: options.syn ?? 'mss 1460',
    ...(options.win === undefined ? {} : { win: options.win }),
    ...(options.flags === undefined ? {} : { flags: options.flags }),
  });
  const [app] = apps;
  peer.drain();
  return { rig, peer, app, session: app.session };
}
