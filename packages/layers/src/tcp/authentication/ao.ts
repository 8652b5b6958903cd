import type { Cidr } from '@netwright/core';
import { fail } from '../../errors.js';
import { ACK, SYN } from '../header.js';
import type { ConnectionId } from '../open/isn.js';
import { OPTION } from '../segment/options.js';
import type { Segment } from '../segment/segment.js';
import { seqAdd } from '../sequence.js';
import {
  type Authentication,
  type Authenticator,
  PeerKeys,
  PseudoHeader,
  type SignatureKeys,
  sameDigest,
} from './authentication.js';
import { MAC_SIZE, type MasterKey, messageCode, trafficKey } from './mkt.js';
import { SequenceExtension } from './sequence-extension.js';

const HEADER_SIZE = 20;
/** RFC 5925 section 2.2: kind, length, KeyID, RNextKeyID, MAC. */
const OPTION_SIZE = 4 + MAC_SIZE;

/** The master keys that are shared with one peer, and which of them is wanted now. They may change at any time. */
export class KeyRing {
  private readonly keys: MasterKey[] = [];
  /** The one that the peer is asked to send with: the first unless `prefer` said otherwise. */
  private preferred: MasterKey | null = null;

  constructor(keys: readonly MasterKey[]) {
    for (const key of keys) this.add(key);
  }

  /** @throws EINVAL for a number that another key of the ring has in the same direction, or that is none of 0 to 255 */
  add(key: MasterKey): this {
    for (const of of ['sendId', 'receiveId'] as const) {
      // RFC 5925 section 3.1: the KeyID alone says which key of the peer's it is.
      if (this.keys.some((each) => each[of] === key[of]))
        throw fail('EINVAL', { problem: `Two keys have the ${of} ${key[of]}`, expected: 'one key for each number' });
      if (!Number.isInteger(key[of]) || key[of] < 0 || key[of] > 255)
        throw fail('EINVAL', { problem: `${key[of]} is no ${of}`, expected: 'a number of 0 to 255' });
    }
    this.keys.push(key);
    this.preferred ??= key;
    return this;
  }

  /** Asks the peer to use another key from now on (RNextKeyID); it is used here, too, when the peer asks for it. */
  prefer(receiveId: number): this {
    this.preferred = this.received(receiveId) ?? this.preferred;
    return this;
  }

  remove(receiveId: number): this {
    const at = this.keys.findIndex((each) => each.receiveId === receiveId);
    if (at >= 0) this.keys.splice(at, 1);
    if (this.preferred !== null && !this.keys.includes(this.preferred)) this.preferred = this.keys[0] ?? null;
    return this;
  }

  get wanted(): MasterKey | null {
    return this.preferred;
  }

  has(key: MasterKey): boolean {
    return this.keys.includes(key);
  }

  received(id: number): MasterKey | null {
    return this.keys.find((each) => each.receiveId === id) ?? null;
  }

  sent(id: number): MasterKey | null {
    return this.keys.find((each) => each.sendId === id) ?? null;
  }
}

/** TCP-AO (RFC 5925): each connection signs with keys of its own, and keys change while it lasts. */
export class AoAuthentication implements Authentication {
  private readonly rings = new PeerKeys<KeyRing>();

  /**
   * @param refusesUnknown whether what is signed by a peer without a key is dropped (RFC 5925 section 7.3).
   * @param ignoresIcmp whether connections that are open do not believe ICMP's hard errors (section 7.8).
   * @param keepsAlive whether idle ones are watched by keep-alives, whatever the settings say (section 7.7).
   */
  constructor(
    readonly refusesUnknown = false,
    private readonly ignoresIcmp = true,
    private readonly keepsAlive = true,
  ) {}

  /** Gives a peer, or a network of them, its keys; null takes them away from connections to come. */
  setKeys(peer: Cidr, keys: KeyRing | null): this {
    this.rings.set(peer, keys);
    return this;
  }

  authenticator(id: ConnectionId): Authenticator | null {
    const ring = this.rings.get(id.remoteAddress);
    if (ring === null || ring.wanted === null) return null;
    return new AoAuthenticator(id, ring, this.ignoresIcmp, this.keepsAlive);
  }
}

/** One direction of a connection: whose segments they are, and their traffic keys. */
class Direction {
  readonly extension = new SequenceExtension();
  readonly pseudo: PseudoHeader;
  private readonly source: Uint8Array;
  private readonly destination: Uint8Array;
  private key: Uint8Array | null = null;
  private master: MasterKey | null = null;
  private sourceIsn = 0;
  private destinationIsn = 0;

  constructor(
    { localAddress, localPort, remoteAddress, remotePort }: ConnectionId,
    outgoing: boolean,
    private readonly sourcePort = outgoing ? localPort : remotePort,
    private readonly destinationPort = outgoing ? remotePort : localPort,
  ) {
    this.pseudo = outgoing
      ? new PseudoHeader(localAddress, remoteAddress)
      : new PseudoHeader(remoteAddress, localAddress);
    const { size } = localAddress;
    this.source = this.pseudo.bytes.slice(0, size);
    this.destination = this.pseudo.bytes.slice(size, 2 * size);
  }

  /** Its traffic key (RFC 5925 section 5.2); the one that was used last is kept. */
  keyOf(master: MasterKey, sourceIsn: number, destinationIsn: number): Uint8Array {
    if (
      this.key === null ||
      this.master !== master ||
      this.sourceIsn !== sourceIsn ||
      this.destinationIsn !== destinationIsn
    ) {
      const { source, destination, sourcePort, destinationPort } = this;
      this.key = trafficKey(master, { source, destination, sourcePort, destinationPort, sourceIsn, destinationIsn });
      this.master = master;
      this.sourceIsn = sourceIsn;
      this.destinationIsn = destinationIsn;
    }
    return this.key;
  }
}

class AoAuthenticator implements Authenticator {
  readonly size = OPTION_SIZE;
  readonly withoutTimestamps = false;
  readonly stateless = false;
  private readonly outgoing: Direction;
  private readonly incoming: Direction;
  private iss: number | null = null;
  private irs: number | null = null;
  /** The key that is sent with. */
  private current: MasterKey;
  private received = -1;
  private asked = -1;

  constructor(
    id: ConnectionId,
    private readonly ring: KeyRing,
    readonly ignoresIcmp: boolean,
    readonly keepsAlive: boolean,
  ) {
    this.outgoing = new Direction(id, true);
    this.incoming = new Direction(id, false);
    this.current = ring.wanted as MasterKey;
  }

  get keys(): SignatureKeys {
    const { current, received, asked } = this;
    return { current: current.sendId, wanted: (this.ring.wanted ?? current).receiveId, received, asked };
  }

  place(view: DataView, at: number): void {
    view.setUint16(at + HEADER_SIZE, (OPTION.authentication << 8) | OPTION_SIZE);
  }

  sign(view: DataView, at: number, end: number): void {
    const { ring, outgoing } = this;
    if (!ring.has(this.current)) this.current = ring.wanted ?? this.current;
    const seq = view.getInt32(at + 4);
    const flags = view.getUint8(at + 13);
    const syn = (flags & SYN) !== 0;
    if (syn) {
      if (this.iss !== seq) outgoing.extension.begin(seq);
      this.iss = seq;
    }
    // A connection that a SYN cookie brought back has sent its SYN-ACK before it was there.
    this.iss ??= seqAdd(seq, -1);
    const option = at + HEADER_SIZE;
    view.setUint8(option + 2, this.current.sendId);
    view.setUint8(option + 3, (ring.wanted ?? this.current).receiveId);
    const irs = syn && (flags & ACK) === 0 ? 0 : (this.irs ?? 0);
    const key = outgoing.keyOf(this.current, this.iss, irs);
    const message = this.message(outgoing, this.current, view, at, end, option + 4, seq);
    const mac = messageCode(this.current, key, message);
    for (let i = 0; i < MAC_SIZE; i++) view.setUint8(option + 4 + i, mac[i]);
    outgoing.extension.advance(seq);
  }

  verify(segment: Segment, view: DataView, at: number, end: number): boolean {
    if (segment.authKind !== OPTION.authentication || segment.authLength !== 2 + MAC_SIZE) return false;
    const master = this.ring.received(view.getUint8(segment.authAt));
    if (master === null) return false;
    const { seq, flags } = segment;
    const syn = (flags & SYN) !== 0;
    const acks = (flags & ACK) !== 0;
    const irs = syn ? seq : (this.irs ?? seqAdd(seq, -1));
    const iss = syn && !acks ? 0 : (this.iss ?? seqAdd(segment.ack, -1));
    const { incoming } = this;
    // A SYN begins anew, until one was taken.
    if (this.irs === null) incoming.extension.begin(irs);
    const key = incoming.keyOf(master, irs, iss);
    const mac = messageCode(master, key, this.message(incoming, master, view, at, end, segment.authAt + 2, seq));
    const sent = new Uint8Array(view.buffer, view.byteOffset + segment.authAt + 2, MAC_SIZE);
    if (!sameDigest(mac, sent)) return false;
    incoming.extension.advance(seq);
    this.irs ??= irs;
    // RFC 5925 section 7.5: the peer says which key it wants to hear.
    this.received = view.getUint8(segment.authAt);
    this.asked = view.getUint8(segment.authAt + 1);
    const asked = this.ring.sent(this.asked);
    if (asked !== null) this.current = asked;
    return true;
  }

  /** What is signed (RFC 5925 section 5.1): SNE, pseudo-header, header and options with their zeros, data. */
  private message(
    { extension, pseudo }: Direction,
    master: MasterKey,
    view: DataView,
    at: number,
    end: number,
    macAt: number,
    seq: number,
  ): Uint8Array {
    const front = pseudo.of(end - at);
    const segment = new Uint8Array(view.buffer, view.byteOffset + at, end - at);
    const message = new Uint8Array(4 + front.length + segment.length);
    new DataView(message.buffer).setUint32(0, extension.of(seq));
    message.set(front, 4);
    const begin = 4 + front.length;
    message.set(segment, begin);
    message.fill(0, begin + 16, begin + 18);
    message.fill(0, begin + macAt - at, begin + macAt - at + MAC_SIZE);
    if (master.options !== false) return message;
    // Without other options the header is followed by this one alone.
    const header = (view.getUint8(at + 12) >> 4) << 2;
    const option = begin + macAt - at - 4;
    const short = new Uint8Array(begin + HEADER_SIZE + OPTION_SIZE + (segment.length - header));
    short.set(message.subarray(0, begin + HEADER_SIZE));
    short.set(message.subarray(option, option + OPTION_SIZE), begin + HEADER_SIZE);
    short.set(message.subarray(begin + header), begin + HEADER_SIZE + OPTION_SIZE);
    return short;
  }
}
