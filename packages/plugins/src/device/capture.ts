import { isMainThread } from 'node:worker_threads';
import { ChecksumState, type Device, type DeviceReceiver, MacAddress, NO_OFFLOAD, type Packet } from '@netwright/core';
import { fail } from '../errors.js';
import { captureFilter, type SharedAddress } from './filter.js';
import { type HostInterface, hostInterface } from './interfaces.js';
import { Offloads } from './offloads.js';

/** How an interface of the host is captured. */
export interface CaptureOptions {
  /** 'eth0' */
  readonly interface: string;
  /**
   * The stack's address on the link: 'own' is the interface's, which some networks (wireless, many clouds) insist on.
   * Left out: a locally administered one made from it, so that the stack is a station of its own.
   */
  readonly mac?: string;
  /** Where the stack has its network address in common with the host: what of it is the stack's. Implies `mac: own`. */
  readonly shared?: SharedAddress;
  /** One more condition on what is received, as in pcap-filter(7). */
  readonly filter?: string;
  /**
   * 'off' turns off, with ethtool, what makes the kernel show frames larger than the MTU, and turns it on again at the
   * end. 'try' (the default) goes on with a warning where that is not possible. 'keep' leaves everything as it is.
   */
  readonly offloads?: 'off' | 'try' | 'keep';
  /**
   * 'trust' takes received checksums for verified: frames of a kernel on the same machine carry unfinished ones where
   * its offloads stay on.
   */
  readonly checksums?: 'verify' | 'trust';
  /** Bytes of the kernel's capture buffer; at least 16 MiB, since it counts frames in slots of up to 64 KiB. */
  readonly buffer?: number;
  /** Bytes; left out: the interface's. */
  readonly mtu?: number;
  /** Tells the operator what impairs the capture; once for each cause. */
  readonly warn?: (message: string) => void;
}

/** What a capture has counted. */
export type CaptureCounters = {
  received: number;
  sent: number;
  /** Arrived while the queue was full: the stack is too slow. */
  overflow: number;
  /** Arrived while the packet pool was empty. */
  noPacket: number;
  /** Larger than the MTU allows: an offload is on, here or at the other end of a veth pair. */
  superFrames: number;
  /** The interface did not take them. */
  sendErrors: number;
};

type Addon = typeof import('cap');
type Cap = InstanceType<Addon['Cap']>;

/** The least that {@link CaptureOptions.buffer} may be, in bytes. */
export const MIN_CAPTURE_BUFFER = 16 * 1024 * 1024;
/** Ethernet's header with two VLAN tags. */
const LINK_HEADER = 22;
/** The smallest frame of Ethernet without its check sequence (IEEE 802.3 section 3.2.7). */
const MIN_FRAME = 60;
/** Packets handed to the stack at once. */
const BATCH = 128;
/** Packets that may wait for it. */
const QUEUE = 2048;
/** After so many packets without a turn of the event loop, a batch is delivered within cap's own loop. */
const STARVED = 4096;

/**
 * Where cap puts each frame before it calls back. One for all captures, kept for ever: the addon keeps only the
 * address, and would write into freed memory. Captures take turns, since each call ends before the next begins.
 */
const landing = new Uint8Array(65536);
/** Views of it by length, made when first needed: `set` needs one, and most frames have one of few lengths. */
const landed: Uint8Array[] = [];
/** Every Cap ever opened. Once it is closed a collected one crashes the process: its poll handle stays in libuv's hands. */
const kept: Cap[] = [];

/**
 * An interface of the host, through libpcap (`cap`): the stack becomes one more station on that network.
 *
 * *When to use*: to talk to real machines. It needs root or CAP_NET_RAW, libpcap, the optional package cap, built, and
 * the main thread.
 *
 * *Gotchas*: the interface is promiscuous while it is open. cap hands over frame after frame until none is left before
 * the event loop goes on, so its callback only copies them into packets; the stack gets them afterwards, in batches.
 * It needs one slot of the packet pool as long as it is open, to send from. cap ends the whole process (an assertion)
 * when the interface goes down while it is captured. What the host itself sends through the
 * interface is not received, so the stack and its own host do not hear each other.
 */
export class CaptureDevice implements Device {
  readonly name: string;
  readonly mtu: number;
  readonly address: MacAddress;
  readonly offload = NO_OFFLOAD;
  readonly counters: CaptureCounters = {
    received: 0,
    sent: 0,
    overflow: 0,
    noPacket: 0,
    superFrames: 0,
    sendErrors: 0,
  };
  /** In force while it is open. */
  readonly filter: string;

  private readonly host: HostInterface;
  private readonly largest: number;
  private readonly trusted: boolean;
  private addon: Addon | null = null;
  private cap: Cap | null = null;
  private offloads: Offloads | null = null;
  private receiver: DeviceReceiver | null = null;
  /** What waits for the stack, oldest first: `count` packets from `head` on, around the end. */
  private readonly queue: Packet[] = new Array(QUEUE);
  private head = 0;
  private count = 0;
  private readonly batch: Packet[] = new Array(BATCH);
  private scheduled = false;
  private sinceTurn = 0;
  private outgoing: Packet | null = null;
  private outgoingFrame: Uint8Array = landing;
  private readonly warned = new Set<string>();
  private readonly drainLater = () => {
    this.scheduled = false;
    this.sinceTurn = 0;
    this.drain();
  };

  /** @throws CAPTURE_INTERFACE_UNKNOWN, CAPTURE_INTERFACE_KIND, CAPTURE_OPTION */
  constructor(private readonly options: CaptureOptions) {
    this.host = hostInterface(options.interface);
    this.name = `capture ${options.interface}`;
    this.mtu = options.mtu ?? this.host.mtu ?? 1500;
    this.address = stationAddress(options, this.host.hardware);
    this.filter = captureFilter({
      hardware: this.host.hardware,
      mac: this.address,
      shared: options.shared ?? null,
      filter: options.filter ?? '',
    });
    this.largest = this.mtu + LINK_HEADER;
    this.trusted = options.checksums === 'trust';
    if ((options.buffer ?? MIN_CAPTURE_BUFFER) < MIN_CAPTURE_BUFFER) {
      const problem = `${options.buffer} bytes hold too few frames`;
      throw fail('CAPTURE_OPTION', { option: 'buffer', problem, expected: `Give at least ${MIN_CAPTURE_BUFFER}.` });
    }
  }

  /** @throws CAPTURE_… */
  async open(receiver: DeviceReceiver): Promise<void> {
    this.addon = await loadCap();
    // Before the capture: the size of a slot in the kernel's buffer depends on it.
    if (this.options.offloads !== 'keep') this.turnOffloadsOff();
    const outgoing = receiver.pool.take();
    if (outgoing === null) throw fail('CAPTURE_OPEN', { interface: this.host.name, cause: 'the packet pool is empty' });
    this.outgoing = outgoing;
    this.outgoingFrame = new Uint8Array(receiver.pool.memory.buffer, outgoing.base, outgoing.capacity);
    this.receiver = receiver;
    this.attend();
  }

  /** cap keeps the process running for as long as it captures. */
  rest(): void {
    this.cap?.close();
    this.cap = null;
  }

  /** @throws CAPTURE_… */
  attend(): void {
    if (this.addon === null || this.receiver === null || this.cap !== null) return;
    const cap = new this.addon.Cap();
    kept.push(cap);
    try {
      const kind = cap.open(this.host.name, this.filter, this.options.buffer ?? MIN_CAPTURE_BUFFER, landing);
      this.cap = cap;
      if (kind !== 'ETHERNET') throw fail('CAPTURE_INTERFACE_KIND', { interface: this.host.name, kind });
    } catch (error) {
      this.close();
      throw this.refused(error);
    }
    cap.on('packet', (length) => this.arrived(length));
  }

  send(batch: Packet[], count: number): void {
    for (let i = 0; i < count; i++) {
      const packet = batch[i];
      if (this.cap !== null) this.sendFrame(this.cap, packet);
      packet.release();
    }
  }

  close(): void {
    this.receiver = null;
    this.rest();
    for (; this.count > 0; this.count--) this.next().release();
    this.outgoing?.release();
    this.outgoing = null;
    this.offloads?.restore();
    this.offloads = null;
  }

  /** The frame is copied to where cap can be pointed at without making a view of it: 50 ns against 2 µs of sending. */
  private sendFrame(cap: Cap, packet: Packet): void {
    const { outgoing, outgoingFrame, counters } = this;
    if (outgoing === null || packet.length > outgoing.capacity || packet.length > this.largest) {
      counters.sendErrors++;
      return;
    }
    let length = packet.length;
    if (packet.bytes === outgoing.bytes) outgoing.bytes.copyWithin(outgoing.base, packet.start, packet.end);
    else outgoingFrame.set(packet.bytes.subarray(packet.start, packet.end));
    if (length < MIN_FRAME) {
      outgoingFrame.fill(0, length, MIN_FRAME);
      length = MIN_FRAME;
    }
    try {
      cap.send(outgoingFrame, length);
      counters.sent++;
    } catch (error) {
      // The interface is down, or its queue is full: the frame is lost, as on any network.
      counters.sendErrors++;
      this.warn('send', `${this.name}: a frame was not sent: ${(error as Error).message}`);
    }
  }

  /** Called by cap for each frame, in a row, for as long as there is one. */
  private arrived(length: number): void {
    const { receiver, counters } = this;
    if (receiver === null) return;
    counters.received++;
    if (length > this.largest) {
      counters.superFrames++;
      this.warn('large', `${this.name}: a frame of ${length} bytes came; an offload is on, here or at the other end`);
    }
    if (this.count === QUEUE) counters.overflow++;
    else this.keep(length, receiver);
    if (++this.sinceTurn % STARVED === 0) this.drain();
    else this.schedule();
  }

  private keep(length: number, receiver: DeviceReceiver): void {
    const packet = receiver.pool.take(length);
    if (packet === null) {
      this.counters.noPacket++;
      return;
    }
    landed[length] ??= landing.subarray(0, length);
    packet.bytes.set(landed[length], packet.append(length));
    if (this.trusted) packet.checksum = ChecksumState.Verified;
    this.queue[(this.head + this.count++) % QUEUE] = packet;
  }

  private next(): Packet {
    const packet = this.queue[this.head];
    this.head = (this.head + 1) % QUEUE;
    return packet;
  }

  private schedule(): void {
    if (this.scheduled || this.count === 0) return;
    this.scheduled = true;
    setImmediate(this.drainLater);
  }

  /** Gives the stack one batch; the event loop goes round before the next. */
  private drain(): void {
    const { receiver, batch } = this;
    if (receiver === null) return;
    const size = Math.min(this.count, BATCH);
    for (let i = 0; i < size; i++) batch[i] = this.next();
    this.count -= size;
    // While frames keep coming the event loop does not come to its timers in time.
    if (size === BATCH) receiver.poll?.();
    if (size > 0) receiver.receive(batch, size);
    this.schedule();
  }

  private turnOffloadsOff(): void {
    try {
      this.offloads = Offloads.turnOff(this.host.name);
    } catch (error) {
      if (this.options.offloads === 'off') throw error;
      this.warn('offloads', (error as Error).message);
    }
  }

  private refused(error: unknown): unknown {
    const cause = (error as Error).message;
    const values = { interface: this.host.name, filter: this.filter, cause };
    if (/permission|not permitted/i.test(cause)) return fail('CAPTURE_RIGHTS', values, undefined, error);
    if (/unknown|parse|syntax|illegal|expression/i.test(cause)) return fail('CAPTURE_FILTER', values, undefined, error);
    return 'code' in (error as object) ? error : fail('CAPTURE_OPEN', values, undefined, error);
  }

  private warn(cause: string, message: string): void {
    if (this.warned.has(cause)) return;
    this.warned.add(cause);
    this.options.warn?.(message);
  }
}

/** Stable for an interface, so that the neighbours' caches stay right; never the interface's own. */
function stationAddress({ mac, shared }: CaptureOptions, hardware: MacAddress): MacAddress {
  if (mac === 'own' || (mac === undefined && shared !== undefined)) return hardware;
  if (mac === undefined) return MacAddress.local((hardware.high ^ 0x4e) & 0xff, hardware.low);
  const address = MacAddress.parse(mac);
  const expected = 'Write "own", or an address like 02:00:00:00:00:01.';
  if (address === undefined) throw fail('CAPTURE_OPTION', { option: 'mac', problem: `"${mac}" is not one`, expected });
  if (address.isGroup) throw fail('CAPTURE_OPTION', { option: 'mac', problem: `${mac} is a group address`, expected });
  return address;
}

/** @throws CAPTURE_THREAD, CAPTURE_NOT_INSTALLED, CAPTURE_NOT_BUILT, CAPTURE_NOT_LOADABLE */
async function loadCap(): Promise<Addon> {
  if (!isMainThread) throw fail('CAPTURE_THREAD');
  try {
    return (await import('cap')).default;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND') throw fail('CAPTURE_NOT_INSTALLED', {}, undefined, error);
    if (code === 'MODULE_NOT_FOUND') throw fail('CAPTURE_NOT_BUILT', {}, undefined, error);
    throw fail('CAPTURE_NOT_LOADABLE', { cause: message }, undefined, error);
  }
}

/**
 * Whether {@link CaptureDevice} can be opened on this machine, rights apart: null, or the error that says why not.
 */
export async function captureProblem(): Promise<Error | null> {
  try {
    await loadCap();
    return null;
  } catch (error) {
    return error as Error;
  }
}
