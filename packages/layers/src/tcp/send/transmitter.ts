import {
  addSums,
  ChecksumState,
  type Decider,
  type HookPoint,
  type Host,
  type Packet,
  type Reason,
} from '@netwright/core';
import type { Path } from '../../ip/network.js';
import type { Authenticator } from '../authentication/authentication.js';
import { ACK, AT, HEADER_SIZE, URG, writeTcpHeader } from '../header.js';
import type { ConnectionId } from '../open/isn.js';
import { WHY } from '../reasons.js';
import type { OptionFacts, OptionLayout, OptionsOf } from '../segment/options.js';
import { MAX_SACK_BLOCKS } from '../segment/segment.js';
import { USER_TIMEOUT_SIZE } from '../segment/user-timeout-option.js';
import type { ByteQueue } from './byte-queue.js';

/** IP protocol number. */
export const TCP_PROTOCOL = 6;

/** Timeouts in a row after which the way itself is doubted (RFC 1122 section 4.2.3.5's R1). */
const DOUBT = 3;

/** Where payload comes from: a queue, or what stands for one. */
type ByteSource = Pick<ByteQueue, 'read'>;

/** An octet of no meaning, for keep-alives to hosts that answer no segment without one (RFC 9293 section 3.8.4). */
export const ANY_OCTET: ByteSource = { read: (_offset, length, into, at) => into.fill(0, at, at + length) };

/** Writes segments of one connection into packets and hands them to the network layer. */
export class Transmitter {
  /** What options have to say; the session keeps it up to date. */
  readonly facts: OptionFacts = {
    mss: 536,
    windowScale: -1,
    timestamps: false,
    tsVal: 0,
    tsEcr: 0,
    sackPermitted: false,
    sack: new Int32Array(2 * MAX_SACK_BLOCKS),
    sackBlocks: 0,
    accEcn: null,
    userTimeout: 0,
    cookie: null,
    resetEcho: null,
    experimentalCookie: false,
  };
  /** Sees each segment before it is completed; null where nobody hooks in. */
  outgoing: HookPoint | null = null;
  /** Signs each segment; null where nobody does. */
  authenticator: Authenticator | null = null;
  /** Segments that could not be sent for want of a packet slot. */
  starved = 0;
  /** Segments sent, SYN-ACKs apart; and those of them with data. A super-segment counts as what it stands for. */
  segments = 0;
  dataSegments = 0;
  /** What the connection's own clock begins with (RFC 7323 section 5.4). */
  stampOffset = 0;
  /** The Differentiated Services field of every segment, beside which ECN has its two bits. */
  trafficClass = 0;
  /** ms: the user timeout that the peer was told last, or will be told next. */
  userTimeout = 0;
  /** Segments that were sent since a timeout, one after the other. */
  private unheard = 0;

  constructor(
    private readonly host: Host,
    readonly id: ConnectionId,
    public path: Path,
    private readonly layout: OptionLayout,
    private readonly decider: Decider,
  ) {}

  /** TSval: a clock of 1 ms with an offset of the connection's own (RFC 7323 section 5.4). */
  get stamp(): number {
    return (Math.floor(this.host.turn.now) + this.stampOffset) | 0;
  }

  /** Bytes of options that every data segment carries. */
  get usualOptions(): number {
    const usual = this.layout.usual(this.facts);
    return this.authenticator === null ? usual : usual + this.authenticator.size;
  }

  /** Bytes of options that the next segment alone carries. */
  get telling(): number {
    return this.facts.userTimeout > 0 ? USER_TIMEOUT_SIZE : 0;
  }

  /** Payload bytes that fit into one packet of the path beside the usual options. */
  get room(): number {
    return this.path.mtu - this.path.headerSize - HEADER_SIZE - this.usualOptions;
  }

  /**
   * Sends one segment with `length` bytes of `queue` at `offset`.
   * @param window the field as it goes into the header.
   * @param urgent distance of the urgent pointer from `seq`; used where `flags` has URG.
   * @param segmentSize bytes of payload per segment of a super-segment; 0 for a plain one.
   * @returns false when no packet slot was free: the segment counts as lost.
   */
  send(
    kind: OptionsOf,
    flags: number,
    seq: number,
    ack: number,
    window: number,
    queue: ByteSource | null,
    offset: number,
    length: number,
    why: Reason,
    ecn = 0,
    urgent = 0,
    segmentSize = 0,
  ): boolean {
    const { path, id } = this;
    const { pool } = this.host;
    if (why !== WHY.retransmitTimeout && why !== WHY.synRetransmit) this.unheard = 0;
    else if (++this.unheard >= DOUBT) path.doubt?.();
    const packet = pool.take(length + 60);
    if (packet === null) {
      this.starved++;
      return false;
    }
    const { view } = packet;
    const at = packet.append(HEADER_SIZE);
    const { authenticator } = this;
    if (authenticator !== null) this.placeSignature(authenticator, packet, at);
    packet.end += this.layout.write(kind, this.facts, view, packet.end);
    const options = packet.end - at - HEADER_SIZE;
    if (length > 0) {
      const payload = packet.append(length);
      (queue as ByteSource).read(offset, length, packet.bytes, payload);
    }
    view.setUint16(at, id.localPort);
    view.setUint16(at + AT.destinationPort, id.remotePort);
    view.setInt32(at + AT.sequence, seq);
    view.setInt32(at + AT.acknowledgment, ack);
    view.setUint16(at + AT.dataOffset, ((HEADER_SIZE + options) << 10) | flags);
    view.setUint16(at + AT.window, window);
    view.setUint16(at + AT.urgentPointer, (flags & URG) === 0 ? 0 : urgent);
    packet.transport = at;
    packet.trafficClass = this.trafficClass | ecn;
    packet.segmentSize = segmentSize;
    packet.reason = why;
    packet.decider = this.decider;
    const count = segmentSize > 0 ? Math.ceil(length / segmentSize) : 1;
    if (kind !== 'synack') this.segments += count;
    if (length > 0) this.dataSegments += count;
    if (this.outgoing === null) this.complete(packet);
    else this.outgoing.run(dress(packet, path));
    return true;
  }

  /** The signature stands in front of other options, and takes the room of those that can be done without. */
  private placeSignature(authenticator: Authenticator, packet: Packet, at: number): void {
    packet.end += authenticator.size;
    authenticator.place(packet.view, at);
    this.facts.cookie = this.facts.accEcn = null;
    this.facts.userTimeout = 0;
  }

  /** Sends a segment that the program makes: a header without options, which `edit` completes as it likes. */
  inject(seq: number, ack: number, edit: (packet: Packet) => void): void {
    const packet = this.host.pool.take();
    if (packet === null) {
      this.starved++;
      return;
    }
    const at = packet.append(HEADER_SIZE);
    const { localPort: sourcePort, remotePort: destinationPort } = this.id;
    const fixed = { size: HEADER_SIZE, reserved: 0, flags: ACK, window: 0xffff, checksum: 0, urgentPointer: 0 };
    writeTcpHeader(packet.view, at, { sourcePort, destinationPort, sequence: seq, acknowledgment: ack, ...fixed });
    packet.transport = at;
    packet.reason = WHY.hook;
    packet.decider = this.decider;
    edit(dress(packet, this.path));
    this.complete(packet, false);
  }

  /** Sums the segment and hands it to the network; takes ownership. What a hook lets pass ends here, too. */
  complete(packet: Packet, signed = true): void {
    const { path } = this;
    const { view, start } = packet;
    const total = packet.end - start;
    if (signed && this.authenticator !== null) {
      view.setUint16(start + AT.checksum, 0);
      this.authenticator.sign(view, start, packet.end);
    }
    const pseudo = addSums(path.addressSum, TCP_PROTOCOL + total);
    if (path.checksumOffload) {
      view.setUint16(start + AT.checksum, pseudo);
      packet.checksum = ChecksumState.Partial;
    } else {
      view.setUint16(start + AT.checksum, 0);
      view.setUint16(start + AT.checksum, ~addSums(pseudo, packet.pool.sum(start, total)) & 0xffff);
    }
    path.network.send(packet, path, TCP_PROTOCOL, true);
  }
}

/** Puts the addresses in front, where a hook looks for them: the network header, which comes later, overwrites them. */
function dress(packet: Packet, path: Path): Packet {
  packet.addressLength = path.source.size;
  packet.sourceAt = packet.start - 2 * packet.addressLength;
  packet.destinationAt = packet.start - packet.addressLength;
  path.source.write(packet.view, packet.sourceAt);
  path.destination.write(packet.view, packet.destinationAt);
  return packet;
}
