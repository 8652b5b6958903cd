import type { Cidr, IpAddress } from '@netwright/core';
import { md5 } from '@noble/hashes/legacy.js';
import type { ConnectionId } from '../open/isn.js';
import { OPTION } from '../segment/options.js';
import type { Segment } from '../segment/segment.js';
import { type Authentication, type Authenticator, PeerKeys, PseudoHeader, sameDigest } from './authentication.js';

const HEADER_SIZE = 20;
/** RFC 2385 section 3: kind, length and 16 bytes of digest. */
const OPTION_SIZE = 18;
const DIGEST_SIZE = 16;

/**
 * The digest of a segment (RFC 2385 section 2): over the pseudo-header, the header without options and with a checksum
 * of 0, the data, and the key.
 */
export function md5Digest(pseudo: Uint8Array, header: Uint8Array, data: Uint8Array, key: Uint8Array): Uint8Array {
  return md5.create().update(pseudo).update(header).update(data).update(key).digest();
}

/**
 * TCP-MD5 (RFC 2385): for peers that know nothing newer, as between routers that speak BGP. Keys are those of the
 * peers; changing one takes effect at once, for connections that there are, too.
 */
export class Md5Authentication implements Authentication {
  private readonly keys = new PeerKeys<Uint8Array>();

  /** @param refusesUnknown whether what is signed by a peer without a key is dropped, as Linux does. */
  constructor(readonly refusesUnknown = false) {}

  /** @param key of at most 80 bytes, as Linux has it; null takes it away. */
  setKey(peer: Cidr, key: Uint8Array | null): this {
    this.keys.set(peer, key);
    return this;
  }

  /** The key of a peer; null where it has none. */
  keyOf(peer: IpAddress): Uint8Array | null {
    return this.keys.get(peer);
  }

  authenticator(id: ConnectionId): Authenticator | null {
    if (this.keys.get(id.remoteAddress) === null) return null;
    return new Md5Authenticator(id, () => this.keys.get(id.remoteAddress));
  }
}

class Md5Authenticator implements Authenticator {
  readonly size = 20;
  readonly withoutTimestamps = true;
  readonly stateless = true;
  readonly ignoresIcmp = false;
  private readonly outgoing: PseudoHeader;
  private readonly incoming: PseudoHeader;
  private readonly header = new Uint8Array(HEADER_SIZE);

  constructor(
    { localAddress, remoteAddress }: ConnectionId,
    private readonly key: () => Uint8Array | null,
  ) {
    this.outgoing = new PseudoHeader(localAddress, remoteAddress);
    this.incoming = new PseudoHeader(remoteAddress, localAddress);
  }

  place(view: DataView, at: number): void {
    view.setUint16(at + HEADER_SIZE, (OPTION.noOperation << 8) | OPTION.noOperation);
    view.setUint16(at + HEADER_SIZE + 2, (OPTION.md5 << 8) | OPTION_SIZE);
  }

  sign(view: DataView, at: number, end: number): void {
    const digest = this.digest(this.outgoing, view, at, end);
    if (digest !== null) for (let i = 0; i < DIGEST_SIZE; i++) view.setUint8(at + HEADER_SIZE + 4 + i, digest[i]);
  }

  verify(segment: Segment, view: DataView, at: number, end: number): boolean {
    if (segment.authKind !== OPTION.md5 || segment.authLength !== DIGEST_SIZE) return false;
    const digest = this.digest(this.incoming, view, at, end);
    return digest !== null && sameDigest(digest, bytesOf(view, segment.authAt, DIGEST_SIZE));
  }

  private digest(pseudo: PseudoHeader, view: DataView, at: number, end: number): Uint8Array | null {
    const key = this.key();
    if (key === null) return null;
    this.header.set(bytesOf(view, at, HEADER_SIZE));
    this.header[16] = this.header[17] = 0;
    const data = at + ((view.getUint8(at + 12) >> 4) << 2);
    return md5Digest(pseudo.of(end - at), this.header, bytesOf(view, data, end - data), key);
  }
}

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
