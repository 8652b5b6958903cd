import type { z } from 'zod';
import { fail, NetwrightError, type Place } from '../errors.js';

/** Where something lies in a manifest: the keys and list indices that lead to it. */
export type ManifestPath = readonly (string | number)[];

/** Everything that is wrong with a manifest, found in one go. Its code and place are those of the first problem. */
export class ManifestError extends NetwrightError {
  constructor(readonly problems: readonly NetwrightError[]) {
    const [first] = problems;
    super(first.code, first.what, first.remedy, first.place, { cause: first.cause });
    this.message = problems.map((each) => each.message).join('\n');
  }
}

/** Problems as they are found, each told at most once. */
export class Problems {
  readonly found: NetwrightError[] = [];

  add(problem: NetwrightError): void {
    if (!this.found.some((each) => each.message === problem.message)) this.found.push(problem);
  }

  /** @throws ManifestError when there is any, in the order of their places. */
  check(): void {
    if (this.found.length > 0) throw new ManifestError(this.sorted());
  }

  sorted(): NetwrightError[] {
    const line = (each: NetwrightError) => each.place?.line ?? Number.POSITIVE_INFINITY;
    const column = (each: NetwrightError) => each.place?.column ?? 0;
    return [...this.found].sort((a, b) => (line(a) === line(b) ? column(a) - column(b) : line(a) - line(b)));
  }
}

/** The same error with a place, where it has none. */
export function atPlace(error: NetwrightError, place: Place | undefined): NetwrightError {
  if (error.place !== undefined || place === undefined) return error;
  return new NetwrightError(error.code, error.what, error.remedy, place, { cause: error });
}

/** What a schema has to say against a value, with the path of the very key. */
export interface SchemaProblem {
  readonly path: ManifestPath;
  /** 'unknown key "adress"' */
  readonly problem: string;
  /** 'Did you mean "address"? ', or nothing. */
  readonly nearest: string;
  /** 'Expected a time such as 10ms.' or which keys there are. */
  readonly expected: string;
}

/** Zod's issues as problems: the unknown key itself, the missing one by its name, a union by its best branch. */
export function schemaProblems(schema: z.ZodType, value: unknown, error: z.ZodError): SchemaProblem[] {
  return error.issues.flatMap((issue) => issueProblems(schema, value, issue, []));
}

type Issue = z.core.$ZodIssue;

function issueProblems(schema: z.ZodType, value: unknown, issue: Issue, base: ManifestPath): SchemaProblem[] {
  const path = [...base, ...issue.path] as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      problem: `there is no such key`,
      nearest: didYouMean(key, known),
      expected: known.length === 0 ? 'There is nothing to choose.' : `Known: ${known.join(', ')}.`,
    }));
  }
  if (issue.code === 'invalid_union') {
    // The branch that got furthest is the one that was meant; when none fits at all, the union's own words are best.
    const started = issue.errors.filter((branch) => !branch.some((each) => each.path.length === 0 && isMismatch(each)));
    const [best] = started.sort((a, b) => a.length - b.length);
    const furthered = best?.some((each) => each.path.length > 0 || each.code === 'unrecognized_keys') ?? false;
    if (best !== undefined && (furthered || issue.message === 'Invalid input'))
      return best.flatMap((each) => issueProblems(schema, value, each, path));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, problem: 'this name cannot be used here', nearest: '', expected: 'Choose another name.' }];
  }
  const here = valueAt(value, path);
  if (here === undefined && isMismatch(issue)) {
    return [{ path, problem: 'it is missing', nearest: '', expected: `${capital(expectation(issue.message))}.` }];
  }
  const expected = expectation(issue.message);
  const fits = issue.message.startsWith('expected ') || issue.message.startsWith('Invalid input: expected ');
  return [
    {
      path,
      problem: fits ? `${show(here)} does not fit` : lower(issue.message),
      nearest: issue.code === 'invalid_value' ? didYouMean(String(here), issue.values.map(String)) : '',
      expected: fits ? `${capital(expected)}.` : 'Correct the value.',
    },
  ];
}

function isMismatch(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
}

function expectation(message: string): string {
  const text = message.replace(/^Invalid input: /, '').replace(/, received .*$/, '');
  // What zod calls a record is written as keys with values.
  return text === 'expected record' ? 'expected keys with values, { key: value }' : text;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What `value` holds at `path`. */
export function valueAt(value: unknown, path: ManifestPath): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** The keys of the object that a schema expects at `path`; of a union, those of every branch. */
export function knownKeys(schema: unknown, path: ManifestPath): string[] {
  return [...new Set(schemasAt(schema, path).flatMap((each) => Object.keys(each.shape ?? {})))].sort();
}

interface SchemaDef {
  readonly type: string;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly out?: unknown;
  readonly options?: readonly unknown[];
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly shape?: Record<string, unknown>;
}

function schemasAt(schema: unknown, path: ManifestPath): SchemaDef[] {
  const def = (schema as { def?: SchemaDef } | undefined)?.def;
  if (def === undefined) return [];
  if (def.innerType !== undefined) return schemasAt(def.innerType, path);
  if (def.type === 'pipe') return schemasAt(isTransform(def.in) ? def.out : def.in, path);
  if (def.options !== undefined) return def.options.flatMap((each) => schemasAt(each, path));
  if (path.length === 0) return [def];
  const [step, ...rest] = path;
  if (def.shape !== undefined) return schemasAt(def.shape[step], rest);
  return schemasAt(def.element ?? def.valueType, rest);
}

/** What changes options before they are checked says nothing of their shape. */
function isTransform(schema: unknown): boolean {
  return (schema as { def?: SchemaDef } | undefined)?.def?.type === 'transform';
}

/** 'Did you mean "tcp.isn"? ' where something known is near enough, else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const best = nearest(name, known);
  return best === undefined ? '' : `Did you mean "${best}"? `;
}

/** The known name that takes the fewest edits to reach, if they are few for its length. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const each of known) {
    const edits = distance(name.toLowerCase(), each.toLowerCase());
    if (edits < least) [best, least] = [each, edits];
  }
  return best;
}

/** Edits between two texts, a swap of neighbours counting once (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/** 'layers[2].gateway' */
export function formatPath(path: ManifestPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text === '' ? 'the manifest' : text;
}

/** A problem of the manifest's own shape. */
export function shapeProblem(found: SchemaProblem, place: Place | undefined): NetwrightError {
  const expected = found.nearest + found.expected;
  return fail('MANIFEST_SHAPE', { path: formatPath(found.path), problem: found.problem, expected }, place);
}

/** The names of the options that a plugin's or implementation's schema knows. */
export function optionNames(schema: z.ZodType | undefined): string[] {
  return schema === undefined ? [] : knownKeys(schema, []);
}
