import { buildLab, type Manifest, NetwrightError, type Setting } from '@netwright/core';
import { LabCheck, TraceHash } from '@netwright/plugins';
import { fail } from '../errors.js';
import { unjudged } from '../failures.js';
import { buildOptions, readManifest } from '../manifest-file.js';

/** What all trials of a sweep have in common. */
export interface TrialSetup {
  readonly file: string;
  readonly settings: readonly Setting[];
  /** ms; null leaves it to the manifest's `stop_time`. */
  readonly until: number | null;
}

/** Something that was wrong in a trial. */
export interface Finding {
  readonly code: string;
  readonly what: string;
}

/** What a trial came to. */
export interface Verdict {
  readonly seed: number;
  /** SHA-256 of every frame that was sent, with its time. */
  readonly trace: string;
  /** Empty where nothing was wrong. */
  readonly findings: readonly Finding[];
}

/** One lab that is run again and again, each time with another seed, and checked each time. */
export class Trials {
  private constructor(
    private readonly manifest: Manifest,
    private readonly until: number | null,
  ) {}

  /** @throws FILE_UNREADABLE, MANIFEST_NO_SIM, SETTING_PATH, ManifestError */
  static async open({ file, settings, until }: TrialSetup): Promise<Trials> {
    const manifest = await readManifest(file, settings);
    if (manifest.kind !== 'lab' || manifest.value.sim === undefined) throw fail('MANIFEST_NO_SIM', { use: 'A sweep' });
    // Files and lines of thousands of runs are of no use; the trace is hashed instead.
    manifest.value.watch = [];
    return new Trials(manifest, until);
  }

  async run(seed: number): Promise<Verdict> {
    const trace = new TraceHash();
    const findings: Finding[] = [];
    try {
      const lab = await buildLab(this.manifest, { ...buildOptions(() => {}), seed });
      lab.watchers.push(trace);
      for (const stack of lab.nodes.values()) stack.host.watch(trace.tap(stack));
      const check = new LabCheck(lab);
      const { result, problems, failures } = await check.run(this.until === null ? {} : { until: this.until });
      findings.push(...problems.map(({ code, what }) => ({ code, what })));
      for (const { passed, text, message } of result.validation) {
        if (!passed) findings.push({ code: 'VALIDATION', what: `${text}: ${message}` });
      }
      for (const [name, why] of Object.entries(unjudged(failures, result))) findings.push({ code: why, what: name });
    } catch (error) {
      findings.push(findingOf(error));
    }
    return { seed, trace: trace.sha256, findings };
  }
}

/** An error that ended a trial, as a finding. */
export function findingOf(error: unknown): Finding {
  if (error instanceof NetwrightError) return { code: error.code, what: error.what };
  return { code: 'UNEXPECTED', what: error instanceof Error ? error.message : String(error) };
}
