import { type ChecksumSum, checksumOver } from './checksum.js';
import { Packet } from './packet.js';

/** Bytes in front of a packet for headers: virtio 12 + Ethernet 18 + IPv4 60 + TCP 60, and room for a layer of yours. */
export const HEADROOM = 192;
/** A small slot holds an Ethernet frame of MTU 1500 with its headroom. */
export const SMALL_SLOT = 2048;
/** A large slot holds a super-segment of 64 KiB with its headroom. */
export const LARGE_SLOT = 65536 + 512;

/** How many slots of each size a pool may use. */
export interface PacketPoolSize {
  /** Slots of {@link SMALL_SLOT} bytes. */
  small: number;
  /** Slots of {@link LARGE_SLOT} bytes. */
  large: number;
}

/** The default: 16 MiB of small slots and 4 MiB of large ones; pages that are never touched cost nothing. */
export const DEFAULT_POOL_SIZE: PacketPoolSize = { small: 8192, large: 64 };

const PAGE = 65536;

/**
 * The fixed slab that packets live in. It never grows: a full pool is an expected condition (`take` answers null and
 * counts it), and a fixed memory never detaches, so views of it stay valid for ever.
 *
 * The memory is a `WebAssembly.Memory` so that the SIMD checksum reads it in place. Several stacks of one process may
 * share a pool: a cable between them then hands packets over instead of copying.
 */
export class PacketPool {
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** The RFC 1071 sum over this memory. */
  readonly sum: ChecksumSum;
  /** Packets taken and not given back. */
  inUse = 0;
  /** How often the pool was empty. */
  exhausted = 0;

  private readonly small: Packet[] = [];
  private readonly large: Packet[] = [];
  private smallMade = 0;
  private largeMade = 0;

  constructor(readonly size: PacketPoolSize = DEFAULT_POOL_SIZE) {
    const pages = Math.ceil((size.small * SMALL_SLOT + size.large * LARGE_SLOT) / PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.view = new DataView(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.sum = checksumOver(this.memory);
  }

  /**
   * Takes an empty packet with room for `size` bytes behind {@link HEADROOM} bytes of headroom.
   * @returns null when no slot is free: drop what you were doing and count it.
   * @throws RangeError when no slot is large enough.
   */
  take(size = SMALL_SLOT - HEADROOM): Packet | null {
    const packet = size <= SMALL_SLOT - HEADROOM ? this.takeSmall() : this.takeLarge(size);
    if (packet === null) {
      this.exhausted++;
      return null;
    }
    this.inUse++;
    return packet.reset(HEADROOM);
  }

  /** Takes a packet and fills it with `data`. */
  takeWith(data: Uint8Array): Packet | null {
    const packet = this.take(data.length);
    packet?.write(data);
    return packet;
  }

  /** Takes a copy of `packet`: the bytes and what is known about them. */
  copy(packet: Packet): Packet | null {
    const copy = this.take(packet.length);
    if (copy === null) return null;
    // Headers that were already stripped go along: an ICMP error quotes them, a hook reads them.
    const from = Math.max(packet.base, packet.start - (copy.start - copy.base));
    copy.bytes.set(packet.bytes.subarray(from, packet.start), copy.start - (packet.start - from));
    copy.bytes.set(packet.bytes.subarray(packet.start, packet.end), copy.append(packet.length));
    const moved = copy.start - packet.start;
    copy.network = packet.network + moved;
    copy.transport = packet.transport + moved;
    copy.sourceAt = packet.sourceAt + moved;
    copy.destinationAt = packet.destinationAt + moved;
    copy.addressLength = packet.addressLength;
    copy.trafficClass = packet.trafficClass;
    copy.hopLimit = packet.hopLimit;
    copy.broadcast = packet.broadcast;
    copy.checksum = packet.checksum;
    copy.segmentSize = packet.segmentSize;
    copy.interface = packet.interface;
    copy.reason = packet.reason;
    copy.decider = packet.decider;
    return copy;
  }

  /** Called by `Packet.release`. */
  giveBack(packet: Packet): void {
    this.inUse--;
    // Last in, first out: the slot that is still in the processor's cache is used next.
    if (packet.capacity === SMALL_SLOT) this.small.push(packet);
    else this.large.push(packet);
  }

  private takeSmall(): Packet | null {
    const free = this.small.pop();
    if (free !== undefined) return free;
    // A slot's object is made when the slot is first needed: an idle stack has none.
    if (this.smallMade < this.size.small) return this.make(this.smallMade++ * SMALL_SLOT, SMALL_SLOT);
    return this.takeLarge(SMALL_SLOT - HEADROOM);
  }

  private takeLarge(size: number): Packet | null {
    if (size > LARGE_SLOT - HEADROOM) throw new RangeError(`a packet of ${size} bytes is larger than a slot`);
    const free = this.large.pop();
    if (free !== undefined) return free;
    if (this.largeMade >= this.size.large) return null;
    return this.make(this.size.small * SMALL_SLOT + this.largeMade++ * LARGE_SLOT, LARGE_SLOT);
  }

  private make(base: number, capacity: number): Packet {
    return new Packet(this, base, capacity, this.view, this.bytes);
  }
}
