import { HOST, type Host, type IpAddress } from '@netwright/core';
import { inject, injectable } from 'inversify';
import { perStack } from '../per-stack.js';
import { seqBefore } from '../sequence.js';
import { SipHash } from './siphash.js';

/** The four that name a connection. */
export interface ConnectionId {
  readonly localAddress: IpAddress;
  readonly localPort: number;
  readonly remoteAddress: IpAddress;
  readonly remotePort: number;
}

/** How far beyond its predecessor a connection begins whose clock is behind it. */
const BEYOND = 64_000;

/** Chooses the initial sequence number of a connection. */
export interface InitialSequence {
  /**
   * @param after SND.NXT of the connection in TIME-WAIT whose place this one takes: it is to begin beyond it.
   * @returns 0 .. 2^32 - 1 for a connection that begins at `now` ms.
   */
  initial(id: ConnectionId, now: number, after?: number): number;
}

/**
 * RFC 9293 section 3.4.1 (formerly RFC 6528): ISN = M + F(addresses, ports, secret). M ticks every 4 µs, so that a
 * new incarnation of a connection begins beyond the old one; F is SipHash with a secret of the stack, so that nobody
 * off the path can guess it.
 */
@injectable()
export class HashedSequence implements InitialSequence {
  private readonly siphash: SipHash;
  private readonly words = new Int32Array(9);

  constructor(@inject(HOST) host: Host) {
    this.siphash = new SipHash(secret(host, 'tcp.isn'));
  }

  initial(id: ConnectionId, now: number, after?: number): number {
    const iss = Math.floor(now * 250) + this.siphash.hash(connectionWords(id, this.words));
    // Who sends faster than 2 Mbit/s outruns the clock (RFC 9293 section 3.6.1, MAY-2).
    const behind = after !== undefined && !seqBefore(after, iss);
    return (behind ? after + BEYOND : iss) >>> 0;
  }
}

/** The one of a stack: its secret must be the same for the next incarnation of a connection. */
export const hashedSequence = perStack((host) => new HashedSequence(host));

/** The same number every time: for tests and lessons, never for the open network. */
export class FixedSequence implements InitialSequence {
  constructor(private readonly value: number) {}

  initial(): number {
    return this.value;
  }
}

/** Four secret words, other ones for each purpose. */
export function secret(host: Host, purpose: string): Int32Array {
  const random = host.random.fork(`${host.name} ${purpose}`);
  return Int32Array.from({ length: 4 }, () => random.uint32());
}

/** The addresses and ports as words to hash. */
export function connectionWords(id: ConnectionId, words: Int32Array): Int32Array {
  const { localAddress: l, remoteAddress: r } = id;
  words[0] = l.a;
  words[1] = l.b;
  words[2] = l.c;
  words[3] = l.d;
  words[4] = r.a;
  words[5] = r.b;
  words[6] = r.c;
  words[7] = r.d;
  words[8] = (id.localPort << 16) | id.remotePort;
  return words;
}
