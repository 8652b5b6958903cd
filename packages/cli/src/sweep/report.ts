import { createHash } from 'node:crypto';
import { fail } from '../errors.js';
import type { Finding, Verdict } from './trial.js';

/** What a sweep was about: reports with the same head can be merged. */
export interface ReportHead {
  /** SHA-256 of the manifest and the settings. */
  readonly manifest: string;
  /** Version of the engine. */
  readonly engine: string;
  /** '1..10000' */
  readonly seeds: string;
}

/** What a sweep, or a shard of it, came to; the same for any number of workers. */
export interface SweepReport extends ReportHead {
  /** '2/4'; absent where it is whole. */
  readonly shard?: string;
  readonly runs: number;
  readonly failed: number;
  /** The traces of all runs, as one number of 256 bits: their hashes with their seeds, added up. */
  readonly traces: string;
  readonly failures: readonly { readonly seed: number; readonly findings: readonly Finding[] }[];
}

/** Adds verdicts up, in any order. */
export class Tally {
  private runs = 0;
  private traces = 0n;
  private readonly failures: Verdict[] = [];

  add(verdict: Verdict): void {
    this.runs++;
    const hash = createHash('sha256').update(`${verdict.seed} ${verdict.trace}`).digest('hex');
    this.traces += BigInt(`0x${hash}`);
    if (verdict.findings.length > 0) this.failures.push(verdict);
  }

  get done(): number {
    return this.runs;
  }

  get failed(): number {
    return this.failures.length;
  }

  report(head: ReportHead, shard?: string): SweepReport {
    const failures = this.failures.map(({ seed, findings }) => ({ seed, findings }));
    failures.sort((a, b) => a.seed - b.seed);
    return {
      ...head,
      ...(shard === undefined ? {} : { shard }),
      runs: this.runs,
      failed: failures.length,
      traces: hex(this.traces),
      failures,
    };
  }
}

/**
 * The report of the whole from those of its shards, as one sweep would have written it.
 * @throws SWEEP_MERGE
 */
export function mergeReports(reports: readonly SweepReport[]): SweepReport {
  const [first] = reports;
  const { manifest, engine, seeds } = first;
  const wrong = (problem: string) => fail('SWEEP_MERGE', { problem });
  for (const key of ['manifest', 'engine', 'seeds'] as const) {
    const other = reports.find((each) => each[key] !== first[key]);
    if (other !== undefined) throw wrong(`${key} is ${first[key]} in one and ${other[key]} in another`);
  }
  const count = Number(first.shard?.split('/')[1] ?? 1);
  const seen = reports.map((each) => each.shard ?? '1/1').sort();
  const expected = Array.from({ length: count }, (_, i) => `${i + 1}/${count}`).sort();
  if (seen.join() !== expected.join()) throw wrong(`the shards are ${seen.join(', ')}, not ${expected.join(', ')}`);
  const failures = reports.flatMap((each) => each.failures).sort((a, b) => a.seed - b.seed);
  return {
    manifest,
    engine,
    seeds,
    runs: reports.reduce((sum, each) => sum + each.runs, 0),
    failed: failures.length,
    traces: hex(reports.reduce((sum, each) => sum + BigInt(`0x${each.traces}`), 0n)),
    failures,
  };
}

function hex(sum: bigint): string {
  return BigInt.asUintN(256, sum).toString(16).padStart(64, '0');
}
