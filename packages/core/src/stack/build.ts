import type { Container } from 'inversify';
import type { Device } from '../device.js';
import { fail, NetwrightError } from '../errors.js';
import { HOST, type HostParts } from '../host.js';
import type { Application, ApplicationFactory, DeviceFactory, Watcher, WatcherFactory } from '../lab.js';
import type { Layer } from '../layer.js';
import { LOGGER } from '../logger.js';
import { type Choice, Chooser } from '../manifest/choice.js';
import type { FrameFields } from '../manifest/expression.js';
import { loadManifest, type Manifest, type ManifestInput } from '../manifest/load.js';
import { ManifestError, Problems } from '../manifest/problems.js';
import type { Entry } from '../manifest/schema.js';
import { PacketPool } from '../packet/pool.js';
import type { AnyPlugin, Override } from '../plugin.js';
import { SeededRandom } from '../random.js';
import { CLOCK } from '../time/clock.js';
import { type Bindings, bindStack, resolve } from './bind.js';
import { Catalogue, type PluginLoader } from './catalogue.js';
import { type InterfacePlan, planInterfaces, planStack, planWatchers, type StackPlan } from './plan.js';
import { Stack } from './stack.js';

/** What a manifest is built with. The parts of the host that are left out are the real world's. */
export interface BuildOptions extends HostParts {
  /** What a manifest may name. A plugin is at work when one of its layers or implementations is used. */
  readonly plugins?: readonly AnyPlugin[];
  /** Loads what the manifest's `plugins` name beyond these. */
  readonly loadPlugin?: PluginLoader;
  /** What errors call a manifest that is text. */
  readonly file?: string;
  /** Wins over the manifest's. */
  readonly seed?: number | string;
  /** Where applications and watchers print; else the logger. */
  readonly print?: (line: string) => void;
  /** Overrides for the whole stack, in code; they come after the manifest's. */
  readonly overrides?: readonly Override[];
  /** A device that the program has made, for the first interface; or several, by interface. */
  readonly device?: Device | Readonly<Record<string, Device>>;
  /** Takes frames apart for `validate`; else a plugin does. */
  readonly fields?: FrameFields;
}

/** A stack that came from a manifest: it knows what it was made of. */
export class BuiltStack extends Stack {
  /** The applications, by name. */
  readonly apps = new Map<string, Application>();

  constructor(
    readonly plan: StackPlan,
    readonly bindings: Bindings,
    layers: readonly Layer[],
  ) {
    super(bindings.container.get(HOST), layers);
  }

  /** The container that it was resolved from. Layers do not use it: what they need, they were given. */
  get container(): Container {
    return this.bindings.container;
  }
}

/**
 * Makes the stack that a manifest describes; `start()` starts it. Everything is checked before anything is made.
 * @param source YAML or JSON text, an object, or a manifest that is loaded already.
 * @throws ManifestError with every problem, each with its place and remedy; STACK_RESOLVE.
 */
export async function buildStack(source: ManifestInput, options: BuildOptions = {}): Promise<BuiltStack> {
  const manifest = loadManifest(source, options.file);
  if (manifest.kind === 'lab') throw fail('MANIFEST_KIND', { kind: 'a lab', wanted: 'one stack', call: 'buildLab' });
  const problems = new Problems();
  const chooser = await openChooser(manifest, options, problems);
  const plan = planSingle(manifest, chooser, options.device);
  const watchers = planWatchers(manifest.value.watch, chooser);
  problems.check();

  const seed = options.seed ?? manifest.value.seed;
  const pool = manifest.value.pool;
  const world: HostParts = {
    ...options,
    random: options.random ?? (seed === undefined ? undefined : new SeededRandom(seed)),
    pool: options.pool ?? (pool === undefined ? undefined : new PacketPool(pool)),
  };
  const bindings = bindStack(plan, world, options.overrides ?? [], problems);
  problems.check();
  const stack = assemble(plan, bindings, devicesOf(options.device, plan));
  const print = printer(options, bindings.container);
  for (const each of watchers) {
    const factory = resolve<WatcherFactory>(bindings.container, each.provider);
    watch(stack, factory({ clock: bindings.container.get(CLOCK), print }));
  }
  addApplications(stack, print);
  return stack;
}

/** Reads what the manifest's choices need: the catalogue, with the plugins that it lists. */
export async function openChooser(manifest: Manifest, options: BuildOptions, problems: Problems): Promise<Chooser> {
  const catalogue = new Catalogue(options.plugins);
  await catalogue.load(manifest, options.loadPlugin, problems);
  // Whatever a missing plugin would have brought is missing, too: those problems would only hide this one.
  if (problems.found.length > 0) throw new ManifestError(problems.sorted());
  return new Chooser(manifest, catalogue, problems);
}

/** The plan of a manifest that describes one stack. */
export function planSingle(
  manifest: Manifest & { kind: 'stack' },
  chooser: Chooser,
  device: BuildOptions['device'],
): StackPlan {
  const implied = device === undefined ? [] : isDevice(device) ? ['eth0'] : Object.keys(device);
  const { name, layers, override, apps } = manifest.value;
  return planStack(
    {
      name: name ?? 'host',
      layers: { entries: layers as Entry[], path: ['layers'] },
      overrides: [{ entries: override as Record<string, Entry> | undefined, path: ['override'] }],
      apps: { entries: apps as Entry[] | undefined, path: ['apps'] },
      interfaces: planInterfaces(manifest.value, [], chooser, implied),
    },
    chooser,
  );
}

/** Gives the device of an interface that the manifest gives none. */
export type DeviceSource = (each: InterfacePlan) => Device | undefined;

/**
 * Makes a stack from its plan and bindings: the host and its interfaces, then the layers, each registered on every one
 * that it declares to run over, as a program would do by hand.
 * @throws STACK_RESOLVE
 */
export function assemble(plan: StackPlan, bindings: Bindings, deviceOf: DeviceSource): BuiltStack {
  const { container } = bindings;
  const host = making('The host', () => container.get(HOST));
  host.name = plan.name;
  for (const each of plan.interfaces) {
    const { name, mac, mtu, addresses } = each;
    const device = each.device === undefined ? deviceOf(each) : deviceFrom(each.device, container);
    if (device !== undefined) host.attach(device, { name, mac, mtu, addresses });
  }
  const layers = new Map<string, Layer>();
  for (const { name, layerClass } of plan.layers) {
    layers.set(
      name,
      making(`Layer "${name}"`, () => container.get(layerClass) as Layer),
    );
  }
  for (const { name, over } of plan.layers) {
    const upper = layers.get(name) as Layer;
    for (const { layer } of over) layers.get(layer)?.registerLayer(upper);
  }
  return new BuiltStack(plan, bindings, [...layers.values()]);
}

function deviceFrom(choice: Choice, container: Container): Device {
  return making(`Device "${choice.use}"`, () =>
    resolve<DeviceFactory>(container, choice.provider)(container.get(HOST)),
  );
}

/** Puts a watcher on a stack and lets the stack start and stop it. */
function watch(stack: BuiltStack, watcher: Watcher): void {
  stack.host.watch(watcher.tap(stack));
  stack.around.push(watcher);
}

/** Makes the applications of a stack; they start with it. */
export function addApplications(stack: BuiltStack, print: (line: string) => void): void {
  for (const { name, choice, overrides } of stack.plan.apps) {
    const factory = resolve<ApplicationFactory>(stack.container, choice.provider);
    const application = making(`Application "${name}"`, () => factory({ stack, overrides, print }));
    stack.apps.set(name, application);
    stack.parts.push(application);
  }
}

/** Where lines for the operator go. */
export function printer(options: BuildOptions, container: Container): (line: string) => void {
  return options.print ?? ((line) => container.get(LOGGER).info(line));
}

function devicesOf(given: BuildOptions['device'], plan: StackPlan): DeviceSource {
  if (given === undefined) return () => undefined;
  if (isDevice(given)) return (each) => (each === plan.interfaces[0] ? given : undefined);
  return (each) => given[each.name];
}

function isDevice(given: Device | Readonly<Record<string, Device>>): given is Device {
  return typeof given.open === 'function';
}

/** Errors of the catalogue pass; what the container or a constructor throws is told with what was being made. */
function making<T>(thing: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof NetwrightError) throw error;
    const problem = error instanceof Error ? error.message.split('\n')[0].replace(/\.$/, '') : String(error);
    throw fail('STACK_RESOLVE', { thing, problem }, undefined, error);
  }
}
