import type { Cidr } from '../address/cidr.js';
import type { MacAddress } from '../address/mac.js';
import { fail, NetwrightError, type Place } from '../errors.js';
import { APPLICATION, DEVICE, WATCHER } from '../lab.js';
import { declarationOf, type LayerBinding } from '../layer.js';
import type { Choice, Chooser, PlannedOverride } from '../manifest/choice.js';
import { atPlace, didYouMean, type ManifestPath } from '../manifest/problems.js';
import { type CheckedStack, type Entry, splitEntry } from '../manifest/schema.js';
import type { AnyPlugin, LayerClass } from '../plugin.js';
import { usePath } from './catalogue.js';
import { orderLayers } from './graph.js';
import { checkOverride } from './override.js';

/** A layer that the stack will have. */
export interface LayerPlan {
  readonly name: string;
  readonly over: readonly LayerBinding[];
  readonly layerClass: LayerClass;
  readonly plugin: AnyPlugin;
  readonly place?: Place;
}

/** A plugin at work in the stack. */
export interface PluginPlan {
  readonly plugin: AnyPlugin;
  readonly options: unknown;
  /** Whether the manifest lists it: then it overrides, too. */
  readonly listed: boolean;
  /** Where the manifest names it, where it does. */
  readonly place?: Place;
}

export interface InterfacePlan {
  readonly name: string;
  readonly addresses: readonly Cidr[];
  readonly mac?: MacAddress;
  readonly mtu?: number;
  /** The device that the manifest names; else a link or the program gives one. */
  readonly device?: Choice;
  readonly path: ManifestPath;
}

export interface AppPlan {
  /** Unique in its stack. */
  readonly name: string;
  readonly choice: Choice;
  readonly overrides: readonly PlannedOverride[];
}

/** All that one stack will be made of, checked; nothing has been made yet. */
export interface StackPlan {
  readonly name: string;
  /** The lowest first. */
  readonly layers: readonly LayerPlan[];
  readonly plugins: readonly PluginPlan[];
  readonly overrides: readonly PlannedOverride[];
  readonly interfaces: readonly InterfacePlan[];
  readonly apps: readonly AppPlan[];
}

/** What a manifest says of one stack, gathered from where it says it. */
export interface StackSource {
  readonly name: string;
  readonly layers: { readonly entries: readonly Entry[]; readonly path: ManifestPath };
  /** Defaults first; a later one of the same token wins. */
  readonly overrides: readonly { readonly entries?: Record<string, Entry>; readonly path: ManifestPath }[];
  readonly apps: { readonly entries?: readonly Entry[]; readonly path: ManifestPath };
  readonly interfaces: readonly InterfacePlan[];
}

/** Plans one stack; what is wrong goes to the chooser's problems. */
export function planStack(source: StackSource, chooser: Chooser): StackPlan {
  const overrides = new Map<unknown, PlannedOverride>();
  for (const { entries, path } of source.overrides) {
    for (const each of chooser.overrides(entries, path)) {
      overrides.delete(each.token);
      overrides.set(each.token, each);
    }
  }
  const apps = planApps(source, chooser);
  const { layers, options } = planLayers(source, chooser);
  const used = [...overrides.values(), ...apps.flatMap((each) => each.overrides)].map((each) => each.plugin);
  return {
    name: source.name,
    layers: orderLayers(layers, chooser.problems),
    plugins: planPlugins(layers, options, used, source, chooser),
    overrides: [...overrides.values()],
    interfaces: source.interfaces,
    apps,
  };
}

type LayerOptions = Map<AnyPlugin, { options: Record<string, unknown>; path: ManifestPath }>;

function planLayers(source: StackSource, chooser: Chooser): { layers: LayerPlan[]; options: LayerOptions } {
  const layers: LayerPlan[] = [];
  const given: LayerOptions = new Map();
  for (const [index, entry] of source.layers.entries.entries()) {
    const path = [...source.layers.path, index];
    const { use, options } = splitEntry(entry);
    const place = chooser.place(usePath(entry, path));
    const found = chooser.catalogue.layer(use);
    if (found === undefined) {
      const known = chooser.catalogue.layerNames();
      const values = { layer: use, nearest: didYouMean(use, known), known: known.join(', ') || 'none' };
      chooser.problems.add(fail('STACK_LAYER_UNKNOWN', values, place));
      continue;
    }
    const { plugin, layerClass } = found;
    try {
      checkOverride(layerClass);
    } catch (error) {
      if (!(error instanceof NetwrightError)) throw error;
      chooser.problems.add(atPlace(error, place));
    }
    // The layers of one plugin share its options: where two of them give some, they are put together.
    given.set(plugin, { options: { ...given.get(plugin)?.options, ...options }, path });
    layers.push({ ...declarationOf(layerClass), layerClass, plugin, place });
  }
  return { layers, options: given };
}

/** Which plugins are at work: those of the layers, those whose implementations are chosen, and those listed. */
function planPlugins(
  layers: readonly LayerPlan[],
  given: LayerOptions,
  used: readonly AnyPlugin[],
  source: StackSource,
  chooser: Chooser,
): PluginPlan[] {
  const listed = new Map(chooser.catalogue.listed.map((each) => [each.plugin, each]));
  const plugins = new Set([...layers.map((each) => each.plugin), ...used, ...listed.keys()]);
  const plans: PluginPlan[] = [];
  for (const plugin of plugins) {
    const own = given.get(plugin);
    const list = listed.get(plugin);
    const path = own?.path ?? list?.path ?? source.layers.path;
    const options = { ...list?.options, ...own?.options };
    // Told where it is written: with a layer of the plugin, or where the plugin is listed.
    const at = (key: string) =>
      list !== undefined && key in list.options && !(key in (own?.options ?? {})) ? list.path : path;
    const checked = chooser.options(plugin.options, options, plugin.name, at);
    if (checked === undefined) continue;
    const place = list === undefined ? undefined : chooser.place(list.path);
    plans.push({ plugin, options: checked.value, listed: list !== undefined, place });
  }
  return plans;
}

function planApps(source: StackSource, chooser: Chooser): AppPlan[] {
  const apps: AppPlan[] = [];
  const names = new Map<string, number>();
  for (const [index, entry] of (source.apps.entries ?? []).entries()) {
    const path = [...source.apps.path, index];
    const settings = typeof entry === 'string' ? {} : (entry as { as?: string; override?: Record<string, Entry> });
    const choice = chooser.choose(APPLICATION, entry, path, ['as', 'override']);
    const overrides = chooser.overrides(settings.override, [...path, 'override'], true);
    if (choice === undefined) continue;
    const name = settings.as ?? choice.use;
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    apps.push({ name: count === 1 ? name : `${name}#${count}`, choice, overrides });
  }
  return apps;
}

/** The watchers of a manifest. */
export function planWatchers(entries: readonly unknown[] | undefined, chooser: Chooser): Choice[] {
  return (entries ?? []).flatMap((entry, i) => chooser.choose(WATCHER, entry as Entry, ['watch', i]) ?? []);
}

type AttachmentSource = Pick<CheckedStack, 'address' | 'mac' | 'mtu' | 'interfaces'> & { device?: unknown };

/**
 * The interfaces of a stack or node: those under `interfaces`, or the one that `device`, `address`, `mac` and `mtu`
 * beside it describe.
 * @param implied names of interfaces where the manifest describes none.
 */
export function planInterfaces(
  source: AttachmentSource,
  path: ManifestPath,
  chooser: Chooser,
  implied: readonly string[],
): InterfacePlan[] {
  const { address, mac, mtu, device } = source;
  const single = { address, mac, mtu, device };
  const one = (name: string, from: typeof single, at: ManifestPath): InterfacePlan => ({
    name,
    addresses: from.address ?? [],
    mac: from.mac,
    mtu: from.mtu,
    device: from.device === undefined ? undefined : chooser.choose(DEVICE, from.device as Entry, [...at, 'device']),
    path: at,
  });
  const named = Object.entries(source.interfaces ?? {});
  const besides = Object.entries(single).filter(([, value]) => value !== undefined);
  if (named.length === 0) return (besides.length === 0 ? implied : ['eth0']).map((name) => one(name, single, path));
  for (const [key] of besides) {
    const values = { path: key, problem: 'there are `interfaces`, too', expected: 'Move it under one of them.' };
    chooser.problems.add(fail('MANIFEST_SHAPE', values, chooser.place([...path, key])));
  }
  return named.map(([name, each]) => one(name, each as typeof single, [...path, 'interfaces', name]));
}
