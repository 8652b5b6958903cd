import { fail, NetwrightError } from '../errors.js';
import { declarationOf } from '../layer.js';
import type { Manifest } from '../manifest/load.js';
import { atPlace, didYouMean, type ManifestPath, type Problems } from '../manifest/problems.js';
import { type Entry, splitEntry } from '../manifest/schema.js';
import type { AnyPlugin, Implementation, LayerClass } from '../plugin.js';
import { type AnyToken, tokenName } from '../token.js';

/**
 * Loads what `plugins:` of a manifest names and the program does not have: `from` is the manifest's file, against
 * which paths are resolved. Gives a plugin, or a module that exports some.
 */
export type PluginLoader = (specifier: string, from: string) => Promise<unknown>;

/** A plugin that a manifest lists, with the options it gives there. */
export interface ListedPlugin {
  readonly plugin: AnyPlugin;
  readonly options: Record<string, unknown>;
  readonly path: ManifestPath;
}

/** What a manifest can name: the plugins that the program offers, and those that the manifest lists. */
export class Catalogue {
  readonly listed: ListedPlugin[] = [];
  private readonly plugins = new Map<string, AnyPlugin>();

  constructor(plugins: readonly AnyPlugin[] = []) {
    for (const each of plugins) this.add(each);
  }

  /** Adds a plugin; what it offers goes before what was there under the same name. */
  add(plugin: AnyPlugin): void {
    this.plugins.delete(plugin.name);
    this.plugins.set(plugin.name, plugin);
  }

  get all(): AnyPlugin[] {
    return [...this.plugins.values()];
  }

  /** Adds what the manifest lists. Problems: PLUGIN_UNKNOWN. */
  async load(manifest: Manifest, loader: PluginLoader | undefined, problems: Problems): Promise<void> {
    for (const [index, entry] of (manifest.value.plugins ?? []).entries()) {
      const path = usePath(entry as Entry, ['plugins', index]);
      const { use, options } = splitEntry(entry as Entry);
      try {
        const known = this.plugins.get(use);
        const found = known === undefined ? pluginsOf(await load(use, manifest.file, loader)) : [known];
        if (found.length === 0) throw new Error('it exports nothing made with definePlugin');
        for (const plugin of found) {
          if (known === undefined) checkShape(plugin);
          this.add(plugin);
          this.listed.push({ plugin, options, path: ['plugins', index] });
        }
      } catch (error) {
        if (error instanceof NetwrightError && (error.code === 'PLUGIN_SHAPE' || error.code === 'LAYER_UNDECLARED')) {
          problems.add(atPlace(error, manifest.place(path)));
          continue;
        }
        const cause = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
        const nearest = didYouMean(use, this.plugins.keys());
        problems.add(fail('PLUGIN_UNKNOWN', { plugin: use, cause, nearest }, manifest.place(path), error));
      }
    }
  }

  /** The layer class of this name, and whose it is. */
  layer(name: string): { plugin: AnyPlugin; layerClass: LayerClass } | undefined {
    for (const plugin of this.all.reverse()) {
      const layerClass = plugin.layers?.find((each) => declarationOf(each).name === name);
      if (layerClass !== undefined) return { plugin, layerClass };
    }
    return undefined;
  }

  layerNames(): string[] {
    return [...new Set(this.all.flatMap((each) => each.layers ?? []).map((each) => declarationOf(each).name))];
  }

  /** The implementation of this name for a token, and whose it is. */
  implementation(token: AnyToken, name: string): { plugin: AnyPlugin; implementation: Implementation } | undefined {
    for (const plugin of this.all.reverse()) {
      const found = plugin.implementations?.find((each) => each.token === token && each.name === name);
      if (found !== undefined) return { plugin, implementation: found };
    }
    return undefined;
  }

  implementations(token: AnyToken): Implementation[] {
    return this.all.flatMap((each) => each.implementations ?? []).filter((each) => each.token === token);
  }

  /** Every token that some plugin offers implementations for, by name. */
  tokens(): Map<string, AnyToken> {
    const offered = this.all.flatMap((each) => each.implementations ?? []);
    return new Map(offered.map((each) => [tokenName(each.token), each.token]));
  }
}

/** The place of a choice: its `use` key, or the entry itself where it is a name alone. */
export function usePath(entry: Entry, path: ManifestPath): ManifestPath {
  return typeof entry === 'string' ? path : [...path, 'use'];
}

async function load(specifier: string, from: string, loader: PluginLoader | undefined): Promise<unknown> {
  if (loader === undefined) throw new Error('the program was given no loader for plugins');
  return loader(specifier, from);
}

/** The plugins in what a loader gave: itself, or what it exports. */
function pluginsOf(loaded: unknown): AnyPlugin[] {
  if (typeof loaded !== 'object' || loaded === null) return [];
  if (isPlugin(loaded)) return [loaded];
  return Object.values(loaded).filter(isPlugin);
}

function isPlugin(each: unknown): each is AnyPlugin {
  if (typeof each !== 'object' || each === null) return false;
  const { name, version } = each as Partial<AnyPlugin>;
  return typeof name === 'string' && typeof version === 'string';
}

/** What each key of a plugin has to be. */
const SHAPE: Readonly<Record<keyof AnyPlugin, 'a text' | 'a schema' | 'a list' | 'a function'>> = {
  name: 'a text',
  version: 'a text',
  summary: 'a text',
  options: 'a schema',
  layers: 'a list',
  bind: 'a function',
  socket: 'a function',
  implementations: 'a list',
  overrides: 'a function',
};

/** Types say this to TypeScript; JavaScript would lose what it misspells. @throws PLUGIN_SHAPE LAYER_UNDECLARED */
function checkShape(plugin: AnyPlugin): void {
  const known = Object.keys(SHAPE);
  for (const [key, value] of Object.entries(plugin)) {
    const wanted = SHAPE[key as keyof AnyPlugin] as string | undefined;
    const tell = (problem: string, nearest = '') =>
      fail('PLUGIN_SHAPE', { plugin: plugin.name, problem, nearest, known: known.join(', ') });
    if (wanted === undefined) throw tell(`it has "${key}"`, didYouMean(key, known));
    if (value !== undefined && wanted !== kindOf(value)) throw tell(`"${key}" is not ${wanted}`);
  }
  for (const each of plugin.layers ?? []) declarationOf(each);
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'function') return 'a function';
  return Array.isArray(value) ? 'a list' : 'a schema';
}
