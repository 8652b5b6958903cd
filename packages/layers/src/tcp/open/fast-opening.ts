import type { Segment } from '../segment/segment.js';
import type { Transmitter } from '../send/transmitter.js';
import type { FastOpen, FastOpenOffer } from './fastopen.js';

/** Room in a SYN that is left to options, whichever they are. */
const MAX_OPTIONS = 40;

/** RFC 7413 section 4.1.3: what a server takes that has not told its MSS. */
const DEFAULT_MSS = 536;
const DEFAULT_MSS_6 = 1220;

/** Where one connection stands with fast open. */
export class FastOpening {
  /** What the SYN of an active open has said; null where it took no part. */
  offer: FastOpenOffer | null = null;
  /** Bytes of data in the SYN that was sent. */
  sent = 0;
  /** Data in a SYN has arrived, at either end. */
  dataTaken = false;
  /** A passive open whose data flows though the handshake is not complete. */
  pending = false;
  /** It was opened that way. */
  passively = false;
  /** The peer has reset it. */
  reset = false;

  /** How many bytes of `queued` the first SYN may carry, and its option. */
  prepare(offer: FastOpenOffer | null, queued: number, transmitter: Transmitter): number {
    const { facts, path, authenticator } = transmitter;
    // A signature leaves no room for a cookie: "abort TFO and fall back to the regular 3WHS" (RFC 7413 section 4.2.2).
    if (authenticator !== null && offer?.cookie) offer = null;
    this.offer = offer;
    facts.cookie = offer?.cookie ?? null;
    facts.experimentalCookie = offer?.experimental === true;
    if (offer?.data !== true) return 0;
    const least = path.source.version === 4 ? DEFAULT_MSS : DEFAULT_MSS_6;
    const mss = Math.min(offer.mss || least, facts.mss, path.mtu - path.headerSize - 20);
    this.sent = Math.max(0, Math.min(queued, mss - MAX_OPTIONS));
    return this.sent;
  }

  /** The SYN-ACK has come: what it says is kept for the next connection. */
  conclude(segment: Segment, policy: FastOpen, transmitter: Transmitter, again: boolean, lost: boolean): void {
    if (this.offer === null) return;
    const { localAddress, remoteAddress } = transmitter.id;
    policy.answered(localAddress, remoteAddress, {
      mss: segment.mss,
      cookie: segment.readCookie(),
      experimental: segment.experimentalCookie,
      asked: this.offer.cookie !== null,
      data: this.sent > 0,
      lost,
      again,
    });
    this.dataTaken = this.sent > 0 && !lost;
  }
}
