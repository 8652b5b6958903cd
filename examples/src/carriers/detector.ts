import type { NetworkInterface, Packet, Tap } from 'netwright';
import { type Frame, isSyn, received } from './extract.js';

/** Kinds of options that any connection has: end, NOP, MSS, window scale, SACK permitted, SACK, timestamps. */
const USUAL_OPTIONS = new Set(['0', '1', '2', '3', '4', '5', '8']);

/** The values of chi-squared that chance exceeds once in a thousand times, for 32 and for 16 degrees of freedom. */
const LIMIT_32 = 62.487;
const LIMIT_16 = 39.252;

/**
 * Listens to a host's frames and asks four simple things. It knows no key and no message, and what this stack's own
 * values are like: initial sequence numbers that are a hash (RFC 6528), so that each bit is set in half of them, and
 * identifications that are 0 where DF is set and drawn at random elsewhere (RFC 6864).
 */
export class Detector implements Tap {
  private readonly isns: number[] = [];
  private readonly idsWithDf: number[] = [];
  private readonly ids: number[] = [];
  private readonly options = new Set<string>();

  frame(direction: 'in' | 'out', packet: Packet, _via: NetworkInterface): void {
    const frame = received(direction, packet);
    if (frame === null) return;
    if (isSyn(frame)) this.isns.push(frame['tcp.seq'] as number);
    (frame['ip.flags.df'] === true ? this.idsWithDf : this.ids).push(frame['ip.id'] as number);
    for (const kind of kinds(frame)) if (!USUAL_OPTIONS.has(kind)) this.options.add(kind);
  }

  /** What it finds wrong, in words that do not depend on the numbers; nothing where all looks as it should. */
  get findings(): string[] {
    const found: string[] = [];
    if (bias(this.isns, 32) > LIMIT_32) found.push('the bits of initial sequence numbers are no coin tosses');
    if (!isConstant(this.idsWithDf) && !isCounter(this.idsWithDf)) {
      found.push('identifications where DF is set are neither constant nor counted');
    }
    if (!isCounter(this.ids) && bias(this.ids, 16) > LIMIT_16) {
      found.push('the bits of identifications are no coin tosses');
    }
    if (this.options.size > 0) found.push(`segments carry options of kind ${[...this.options].join(', ')}`);
    return found;
  }
}

/** Chi-squared of how often each bit is set: as large as the number of bits, about, where each is a coin toss. */
function bias(values: readonly number[], bits: number): number {
  let sum = 0;
  for (let bit = 0; bit < bits; bit++) {
    const set = values.filter((each) => ((each >>> bit) & 1) === 1).length;
    sum += (2 * set - values.length) ** 2 / Math.max(1, values.length);
  }
  return sum;
}

function isConstant(values: readonly number[]): boolean {
  return values.every((each) => each === values[0]);
}

/** Whether each is a little more than the one before. */
function isCounter(values: readonly number[]): boolean {
  return values.length > 1 && values.every((each, i) => i === 0 || ((each - values[i - 1]) & 0xffff) - 1 < 64);
}

function kinds(frame: Frame): string[] {
  const all = frame['tcp.option_kind'];
  return typeof all === 'string' && all !== '' ? all.split(',') : [];
}
