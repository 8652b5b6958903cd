import { fail, NetwrightError, type Place } from '../errors.js';
import type { NetworkInterface } from '../interface.js';
import type { Application } from '../lab.js';
import type { Choice, Chooser } from '../manifest/choice.js';
import {
  type Expression,
  type Fields,
  FRAME_FIELDS,
  type FrameFields,
  parseExpression,
  same,
} from '../manifest/expression.js';
import { didYouMean, type ManifestPath } from '../manifest/problems.js';
import type { CheckedLab } from '../manifest/schema.js';
import type { Packet } from '../packet/packet.js';
import type { StackPlan } from '../stack/plan.js';
import type { Tap } from '../tap.js';

/** One line of `validate`, checked. */
export interface Validation {
  /** As the manifest writes it: the expression, or 'cli/get'. */
  readonly text: string;
  /** Which frames; absent where an application's report is asked. */
  readonly frames?: Expression;
  readonly expect: Fields;
  readonly count?: number;
  readonly place?: Place;
}

/** What became of one line of `validate`. */
export interface ValidationResult {
  readonly text: string;
  readonly passed: boolean;
  /** What was found, and what was expected where it differs. */
  readonly message: string;
  readonly place?: Place;
}

/** Reads `validate`. Problems: MANIFEST_SHAPE, EXPRESSION_SYNTAX, LAB_APP_UNKNOWN. */
export function planValidations(
  entries: NonNullable<CheckedLab['validate']>,
  chooser: Chooser,
  nodes: readonly StackPlan[],
): Validation[] {
  const apps = nodes.flatMap((node) => node.apps.map((app) => `${node.name}/${app.name}`));
  return entries.flatMap((entry, i): Validation[] => {
    const path: ManifestPath = ['validate', i];
    const { frame, app, expect = {}, count } = entry;
    const place = chooser.place(path);
    const wrong = (problem: string, expected: string) => {
      chooser.problems.add(fail('MANIFEST_SHAPE', { path: `validate[${i}]`, problem, expected }, place));
      return [];
    };
    if ((frame === undefined) === (app === undefined)) {
      return wrong('it must ask for one thing', 'Give either `frame` or `app`.');
    }
    if (frame === undefined) {
      const text = app as string;
      if (count !== undefined) return wrong('only frames are counted', 'Remove `count`.');
      if (apps.includes(text)) return [{ text, expect, place }];
      const values = { app: text, nearest: didYouMean(text, apps), known: apps.join(', ') || 'none' };
      chooser.problems.add(fail('LAB_APP_UNKNOWN', values, chooser.place([...path, 'app'])));
      return [];
    }
    try {
      return [{ text: frame, frames: parseExpression(frame, chooser.place([...path, 'frame'])), expect, count, place }];
    } catch (error) {
      if (!(error instanceof NetwrightError)) throw error;
      chooser.problems.add(error);
      return [];
    }
  });
}

/** What has been seen of the frames that one validation asks for. */
interface Tally {
  matched: number;
  /** The first frame that was not as expected. */
  wrong: string | null;
}

/**
 * Looks at each frame that the stacks of a lab emit. To the fields of the frame come `frame.node`, `frame.interface`,
 * `frame.time` (ms), `frame.reason` and `frame.len` (bytes).
 */
export class FrameJury {
  private readonly tallies = new Map<Validation, Tally>();

  constructor(
    validations: readonly Validation[],
    private readonly fields: FrameFields,
  ) {
    for (const each of validations) {
      if (each.frames !== undefined) this.tallies.set(each, { matched: 0, wrong: null });
    }
  }

  /** A tap for one node. */
  tap(node: string): Tap {
    return {
      frame: (direction, packet, via, at) => {
        // Each frame once, where it is made: what a link loses or doubles is the link's doing.
        if (direction === 'out') this.look(node, packet, via, at);
      },
    };
  }

  result(validation: Validation): ValidationResult {
    const { text, place, count } = validation;
    const { matched, wrong } = this.tallies.get(validation) as Tally;
    const enough = count === undefined ? matched > 0 : matched === count;
    const found = `${matched} ${matched === 1 ? 'frame matches' : 'frames match'}`;
    const message = enough
      ? (wrong ?? withValues(found, validation.expect))
      : `${found}, expected ${count ?? 'at least one'}`;
    return { text, place, passed: enough && wrong === null, message };
  }

  private look(node: string, packet: Packet, via: NetworkInterface, at: number): void {
    const fields = this.fields(packet.bytes.subarray(packet.start, packet.end));
    fields['frame.node'] = node;
    fields['frame.interface'] = via.name;
    fields['frame.time'] = at;
    fields['frame.reason'] = packet.reason?.name ?? '';
    fields['frame.len'] = packet.length;
    for (const [{ frames, expect }, tally] of this.tallies) {
      if (frames?.(fields) !== true) continue;
      tally.matched++;
      tally.wrong ??= difference(expect, fields, `frame ${tally.matched}, from ${node} at ${at} ms`);
    }
  }
}

/**
 * What a validation of an application's report comes to. An expected value that is written 'node/app.key' is what the
 * other application reports under that key: both ends of a transfer have seen the same.
 */
export function judgeReport(validation: Validation, apps: ReadonlyMap<string, Application>): ValidationResult {
  const { text, place } = validation;
  const expect: Fields = {};
  for (const [key, wanted] of Object.entries(validation.expect)) {
    const [, other = '', field = ''] = /^(.*)\.([^.]*)$/.exec(String(wanted)) ?? [];
    expect[key] = apps.has(other) ? (apps.get(other)?.report?.()[field] ?? `${field} of ${other}`) : wanted;
  }
  const wrong = difference(expect, apps.get(text)?.report?.() ?? {}, text);
  return { text, place, passed: wrong === null, message: wrong ?? withValues(`${text} is as expected`, expect) };
}

/** 'as expected: status 200, bytes 4096' */
function withValues(found: string, expect: Fields): string {
  const values = Object.entries(expect).map(([key, value]) => `${key} ${value}`);
  return values.length === 0 ? found : `${found}: ${values.join(', ')}`;
}

function difference(expect: Fields, found: Fields, whose: string): string | null {
  for (const [key, wanted] of Object.entries(expect)) {
    const value = found[key];
    if (value === undefined) return `${whose} has no ${key}, expected ${wanted}`;
    if (!same(value, wanted)) return `${whose}: ${key} is ${value}, expected ${wanted}`;
  }
  return null;
}

/** The dissector that a plugin offers. Problems: VALIDATE_FIELDS. */
export function planFields(chooser: Chooser): Choice | undefined {
  const [first] = chooser.catalogue.implementations(FRAME_FIELDS);
  if (first !== undefined) return chooser.choose(FRAME_FIELDS, first.name, ['validate']);
  chooser.problems.add(fail('VALIDATE_FIELDS', {}, chooser.place(['validate'])));
  return undefined;
}
