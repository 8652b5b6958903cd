import { createHash } from 'node:crypto';
import { SeededRandom } from '@netwright/core';

/** The two ends of a transfer: a stack of ours and the kernel of this machine. */
export type Side = 'stack' | 'kernel';

/** The other end. */
export const other = (side: Side): Side => (side === 'stack' ? 'kernel' : 'stack');

/** How transfers end. */
export const ENDINGS = [
  /** The sender closes when it has sent all, then the receiver. */
  'close',
  /** The receiver closes its half before anything comes. */
  'half-close',
  /** Both send, and each closes its half when it has sent all. */
  'both',
  /** The receiver resets in the middle. */
  'receiver-resets',
  /** The sender resets, once the receiver has said that it has half of it. */
  'sender-resets',
] as const;
export type Ending = (typeof ENDINGS)[number];

/** One transfer of a plan. All of it follows from seed and index, so that both ends know it without being told. */
export interface Transfer {
  readonly index: number;
  /** Who connects. */
  readonly opener: Side;
  readonly sender: Side;
  readonly ending: Ending;
  /** Bytes that the sender sends, and the receiver where both send. */
  readonly size: number;
  readonly back: number;
}

/** What all transfers follow from. */
export interface Plan {
  readonly seed: number;
  /** How many there are for each sender. */
  readonly transfers: number;
  /** Bytes of the largest; small ones are as frequent as large ones. */
  readonly largest: number;
  /** How they may end. */
  readonly endings: readonly Ending[];
}

/** The transfers of a plan, senders and openers in turn. */
export function transfersOf({ seed, transfers, largest, endings }: Plan): Transfer[] {
  return Array.from({ length: 2 * transfers }, (_, index) => {
    const random = new SeededRandom(`transfer ${seed} ${index}`);
    const size = () => Math.max(1, Math.round(largest ** random.float()));
    const opener: Side = index % 2 === 0 ? 'stack' : 'kernel';
    const sender = index % 4 < 2 ? opener : other(opener);
    const ending = endings[Math.floor(random.float() * endings.length)];
    return { index, opener, sender, ending, size: size(), back: size() };
  });
}

/** Bytes that `side` sends in a transfer. */
export function sentBy({ sender, ending, size, back }: Transfer, side: Side): number {
  return side === sender ? size : ending === 'both' ? back : 0;
}

/** Those bytes. */
export function payloadOf(transfer: Transfer, side: Side, seed: number): Uint8Array {
  const bytes = new Uint8Array(sentBy(transfer, side));
  new SeededRandom(`payload ${seed} ${transfer.index} ${side}`).fill(bytes);
  return bytes;
}

/** How a transfer has ended at one end. */
export interface Outcome {
  readonly index: number;
  readonly side: Side;
  /** Bytes of the other end's payload, and their SHA-256. */
  readonly received: number;
  readonly sha256: string;
  /** The other end has closed its half. */
  readonly end: boolean;
  /** This end has reset it. */
  readonly reset: boolean;
  /** What was heard otherwise: 'ECONNRESET'; null for nothing. */
  readonly error: string | null;
}

/** What is wrong with how a transfer has ended, or null. */
export function wrongWith(transfer: Transfer, seed: number, { side, ...outcome }: Outcome): string | null {
  const payload = payloadOf(transfer, other(side), seed);
  const hash = createHash('sha256').update(payload.subarray(0, outcome.received)).digest('hex');
  if (hash !== outcome.sha256) return `SHA-256 of the first ${outcome.received} bytes differs`;
  const resets = resetBy(transfer);
  if (resets === null) {
    if (outcome.error !== null) return `unexpected ${outcome.error}`;
    if (outcome.received !== payload.length) return `${outcome.received} bytes of ${payload.length}`;
    return outcome.end && !outcome.reset ? null : 'not closed in order';
  }
  if (side !== transfer.sender && outcome.received < half(transfer)) return `only ${outcome.received} bytes came`;
  if (resets === side) return outcome.reset ? null : `it has not reset: ${outcome.error}`;
  if (outcome.error === 'ECONNRESET' || outcome.error === 'EPIPE') return null;
  return `no reset came: ${outcome.error}, after ${outcome.received} bytes${outcome.end ? ' and an end' : ''}`;
}

/** Who resets a transfer, or null. */
export function resetBy({ ending, sender }: Transfer): Side | null {
  if (ending === 'receiver-resets') return other(sender);
  return ending === 'sender-resets' ? sender : null;
}

/** Bytes that have arrived before anybody resets. */
export function half({ size }: Transfer): number {
  return Math.ceil(size / 2);
}
