import { Worker } from 'node:worker_threads';
import type { TrialSetup, Verdict } from './trial.js';

/** Seeds that a worker is given at a time, at most. */
const BATCH = 32;
/** A seed on which so many workers have died has failed. */
const DEATHS = 2;

/** Runs trials on several threads. When a worker dies its seeds go to another; the verdicts are the same. */
export class Fleet {
  private readonly waiting: number[] = [];
  private readonly deaths = new Map<number, number>();

  constructor(
    private readonly setup: TrialSetup,
    private readonly size: number,
  ) {}

  /** Runs all seeds; `take` gets the verdict of each once, in no order. */
  async run(seeds: readonly number[], take: (verdict: Verdict) => void): Promise<void> {
    this.waiting.push(...[...seeds].reverse());
    const batch = Math.max(1, Math.min(BATCH, Math.ceil(seeds.length / (4 * this.size))));
    const posts = Math.min(this.size, seeds.length);
    await Promise.all(Array.from({ length: posts }, () => this.post(batch, take)));
  }

  /** One place of work, with as many workers, one after the other, as it takes. */
  private async post(batch: number, take: (verdict: Verdict) => void): Promise<void> {
    while (this.waiting.length > 0) {
      const given = await this.employ(batch, take);
      const [first, ...rest] = given.seeds;
      if (first === undefined) return;
      // It died on the first that it has not answered.
      this.waiting.push(...rest.reverse());
      const deaths = (this.deaths.get(first) ?? 0) + 1;
      this.deaths.set(first, deaths);
      if (deaths < DEATHS) {
        this.waiting.push(first);
        continue;
      }
      const what = `${deaths} workers have died on it: ${given.why}`;
      take({ seed: first, trace: '', findings: [{ code: 'WORKER_DIED', what }] });
    }
  }

  /** Lets a worker work until nothing waits, or it dies. @returns what it has been given and not answered. */
  private employ(batch: number, take: (verdict: Verdict) => void): Promise<{ seeds: number[]; why: string }> {
    return new Promise((resolve) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: this.setup });
      let seeds: number[] = [];
      let why = 'it has ended';
      const give = () => {
        seeds = this.waiting.splice(-batch).reverse();
        if (seeds.length > 0) worker.postMessage(seeds);
        else void worker.terminate();
      };
      worker.on('message', (verdict: Verdict) => {
        seeds.shift();
        take(verdict);
        if (seeds.length === 0) give();
      });
      worker.on('error', (error: Error) => {
        why = error.message;
      });
      worker.on('exit', () => resolve({ seeds, why }));
      give();
    });
  }
}
