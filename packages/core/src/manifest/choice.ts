import type { z } from 'zod';
import { fail, NetwrightError, type Place } from '../errors.js';
import type { AnyPlugin, Implementation, Override, Provider } from '../plugin.js';
import { type Catalogue, usePath } from '../stack/catalogue.js';
import { checkOverride } from '../stack/override.js';
import { type AnyToken, allTokenPages, token, tokenName, tokenPage } from '../token.js';
import type { Manifest } from './load.js';
import {
  atPlace,
  didYouMean,
  formatPath,
  knownKeys,
  type ManifestPath,
  type Problems,
  schemaProblems,
} from './problems.js';
import { type Entry, splitEntry } from './schema.js';

/** An implementation that a manifest names, with its options, ready to be made. */
export interface Choice {
  readonly use: string;
  readonly plugin: AnyPlugin;
  readonly implementation: Implementation;
  readonly provider: Provider<unknown>;
  readonly options: unknown;
  readonly place?: Place;
}

/** An override of a manifest. */
export interface PlannedOverride extends Override {
  readonly place?: Place;
  /** What the manifest names. */
  readonly use: string;
  readonly plugin: AnyPlugin;
}

/** Reads the choices of one manifest; what is wrong with them goes to its problems. */
export class Chooser {
  constructor(
    readonly manifest: Manifest,
    readonly catalogue: Catalogue,
    readonly problems: Problems,
  ) {}

  place(path: ManifestPath): Place | undefined {
    return this.manifest.place(path);
  }

  /**
   * The implementation of `token` that an entry names. Problems: IMPLEMENTATION_UNKNOWN, PLUGIN_OPTIONS,
   * OVERRIDE_LOST_INJECTION.
   * @param reserved keys of the entry that are no options.
   */
  choose(token: AnyToken, entry: Entry, path: ManifestPath, reserved: readonly string[] = []): Choice | undefined {
    const { use, options } = splitEntry(entry, reserved);
    const place = this.place(usePath(entry, path));
    const found = this.catalogue.implementation(token, use);
    if (found === undefined) {
      const known = this.catalogue.implementations(token).map((each) => each.name);
      const nearest = didYouMean(use, known);
      const values = { name: use, token: tokenName(token), nearest, known: known.join(', ') || 'none' };
      this.problems.add(fail('IMPLEMENTATION_UNKNOWN', values, place));
      return undefined;
    }
    const { plugin, implementation } = found;
    const checked = this.options(implementation.options, options, use, path);
    if (checked === undefined) return undefined;
    try {
      const provider = implementation.provide(checked.value);
      if ('class' in provider) checkOverride(provider.class);
      return { use, plugin, implementation, provider, options: checked.value, place };
    } catch (error) {
      if (!(error instanceof NetwrightError)) throw error;
      this.problems.add(atPlace(error, place));
      return undefined;
    }
  }

  /**
   * The overrides of one place of the manifest. Problems: TOKEN_UNKNOWN, OVERRIDE_SCOPE, and those of `choose`.
   * @param socketOnly true under an application: only what is resolved for a socket may be overridden there.
   */
  overrides(entries: Record<string, Entry> | undefined, path: ManifestPath, socketOnly = false): PlannedOverride[] {
    const planned: PlannedOverride[] = [];
    for (const [name, entry] of Object.entries(entries ?? {})) {
      const here = [...path, name];
      const page = tokenPage(name);
      if (page === undefined) {
        const known = allTokenPages().map((each) => each.name);
        this.problems.add(fail('TOKEN_UNKNOWN', { token: name, nearest: didYouMean(name, known) }, this.place(here)));
        continue;
      }
      if (socketOnly && page.scope === 'stack') {
        this.problems.add(fail('OVERRIDE_SCOPE', { token: name }, this.place(here)));
        continue;
      }
      const choice = this.choose(token(name), entry, here);
      if (choice === undefined) continue;
      const { use, plugin, provider } = choice;
      const place = this.place(here);
      planned.push({ token: token(name), provider, use, plugin, place, by: decision(use, plugin, place) });
    }
    return planned;
  }

  /**
   * Options through their schema, defaults filled in. Problems: PLUGIN_OPTIONS.
   * @param path where they are given, or where each of them is.
   */
  options(
    schema: z.ZodType | undefined,
    options: Record<string, unknown>,
    name: string,
    path: ManifestPath | ((key: string) => ManifestPath),
  ): { value: unknown } | undefined {
    const at = (key: ManifestPath) =>
      this.place([...(typeof path === 'function' ? path(String(key[0])) : path), ...key]);
    if (schema === undefined) {
      for (const key of Object.keys(options)) {
        const said = { nearest: '', expected: 'There is nothing to choose. ', known: 'none' };
        const values = { option: `"${key}"`, plugin: name, problem: 'there is no such key', ...said };
        this.problems.add(fail('PLUGIN_OPTIONS', values, at([key])));
      }
      return Object.keys(options).length === 0 ? { value: {} } : undefined;
    }
    const result = schema.safeParse(options);
    if (result.success) return { value: result.data };
    const known = knownKeys(schema, []).join(', ') || 'none';
    for (const each of schemaProblems(schema, options, result.error)) {
      const { problem, nearest } = each;
      const expected = each.expected.startsWith('Known: ') ? '' : `${each.expected} `;
      const values = { option: `"${formatPath(each.path)}"`, plugin: name, problem, nearest, expected, known };
      this.problems.add(fail('PLUGIN_OPTIONS', values, at(each.path)));
    }
    return undefined;
  }
}

/**
 * How traces name a decision: 'isn.fixed of plugin variations, demo.yaml:12:7'. The file goes without its folders: a
 * capture is the same wherever the manifest lies.
 */
function decision(use: string, plugin: AnyPlugin, place: Place | undefined): string {
  const by = `${use} of plugin ${plugin.name}`;
  if (place === undefined) return by;
  return `${by}, ${place.file.replace(/^.*[/\\]/, '')}:${place.line}:${place.column}`;
}
