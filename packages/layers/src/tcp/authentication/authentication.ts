import { Cidr, type IpAddress } from '@netwright/core';
import type { ConnectionId } from '../open/isn.js';
import type { Segment } from '../segment/segment.js';

/** Which keys one connection goes by, by their numbers (RFC 5925 section 7.1). */
export interface SignatureKeys {
  /** KeyID of what is sent, and the one that the peer is asked to send with. */
  readonly current: number;
  readonly wanted: number;
  /** KeyID and RNextKeyID of what the peer has sent last; -1 before it has. */
  readonly received: number;
  readonly asked: number;
}

/** Signs what one connection sends, and tells what its peer has sent from what anybody has. */
export interface Authenticator {
  /** Bytes that its option takes of each segment: a multiple of 4. */
  readonly size: number;
  /** Whether timestamps are done without, since a SACK block would not fit beside both. */
  readonly withoutTimestamps: boolean;
  /** Whether a key is enough to sign: nothing of the connection is. */
  readonly stateless: boolean;
  /** Whether a connection that is open does not believe ICMP's hard errors, which nobody signs. */
  readonly ignoresIcmp: boolean;
  /** Whether its connection is watched by keep-alives (RFC 5925 section 7.7), whatever the settings say. */
  readonly keepsAlive?: boolean;
  /** The keys as they are now; left out where there is but one. */
  readonly keys?: SignatureKeys;
  /** Writes the option of the segment at `at`, with room for the digest, where options begin: at `at` + 20. */
  place(view: DataView, at: number): void;
  /** Fills the digest in: the segment `at`..`end` is complete but for it and the checksum, which is 0. */
  sign(view: DataView, at: number, end: number): void;
  /** Whether `segment`, which lies at `at`..`end`, was signed by who has the key. The checksum in it is any. */
  verify(segment: Segment, view: DataView, at: number, end: number): boolean;
}

/** Which connections are authenticated, and how: the contract of the token `tcp.authentication`. */
export interface Authentication {
  /** Who signs and verifies for this connection; null where its peer has no key. */
  authenticator(id: ConnectionId): Authenticator | null;
  /** Whether what is signed by a peer without a key is dropped (RFC 5925 section 7.3 has it taken by default). */
  readonly refusesUnknown?: boolean;
}

/** Nobody has a key: signatures are not looked at. */
export const NO_AUTHENTICATION: Authentication = { authenticator: () => null };

/** Keys by peer: that of the smallest network that the peer lies in. */
export class PeerKeys<T> {
  private readonly entries: { readonly network: Cidr; readonly key: T }[] = [];

  /** Gives `network`, '192.0.2.1' or '192.0.2.0/24', this key; null takes it away. */
  set(network: Cidr, key: T | null): void {
    const at = this.entries.findIndex((each) => each.network.toString() === network.toString());
    if (at >= 0) this.entries.splice(at, 1);
    if (key !== null) this.entries.push({ network, key });
  }

  get(peer: IpAddress): T | null {
    let best: { readonly network: Cidr; readonly key: T } | null = null;
    for (const each of this.entries)
      if (each.network.contains(peer) && (best === null || each.network.prefix > best.network.prefix)) best = each;
    return best === null ? null : best.key;
  }
}

/** The pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1) of segments from `source`, and where their length goes. */
export class PseudoHeader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly lengthAt: number;

  constructor(source: IpAddress, destination: IpAddress) {
    const { size, version } = source;
    this.bytes = new Uint8Array(2 * size + (version === 4 ? 4 : 8));
    this.view = new DataView(this.bytes.buffer);
    source.write(this.view, 0);
    destination.write(this.view, size);
    this.bytes[2 * size + (version === 4 ? 1 : 7)] = 6;
    this.lengthAt = 2 * size + 2;
  }

  /** For a segment of so many bytes, header and all. */
  of(length: number): Uint8Array {
    this.view.setUint16(this.lengthAt, length);
    return this.bytes;
  }
}

/** Whether two digests are the same, in a time that does not tell where they differ. */
export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length && i < b.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}
