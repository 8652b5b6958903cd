import { fail, type NetwrightError } from '../errors.js';
import { type HostParts, PACKET_POOL } from '../host.js';
import type { Link, LinkFactory, WatcherFactory } from '../lab.js';
import type { FrameFields } from '../manifest/expression.js';
import { loadManifest, type ManifestInput } from '../manifest/load.js';
import { ManifestError, Problems } from '../manifest/problems.js';
import { PacketPool } from '../packet/pool.js';
import { type Random, SeededRandom, SystemRandom } from '../random.js';
import { type Bindings, bindStack, resolve } from '../stack/bind.js';
import { addApplications, assemble, type BuildOptions, openChooser, planSingle, printer } from '../stack/build.js';
import { planWatchers, type StackPlan } from '../stack/plan.js';
import type { Clock } from '../time/clock.js';
import { SystemClock } from '../time/system-clock.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { Lab } from './lab.js';
import { Outages } from './outages.js';
import { planLab } from './plan.js';
import { FrameJury, planFields } from './validate.js';

/**
 * Makes the lab that a manifest describes; `run()` starts it. The stacks share one clock, virtual where the manifest
 * has `sim`, and one packet memory; each stack and each link draws from a source of its own.
 * @param source YAML or JSON text, an object, or a manifest that is loaded already.
 * @throws ManifestError with every problem, each with its place and remedy; STACK_RESOLVE.
 */
export async function buildLab(source: ManifestInput, options: BuildOptions = {}): Promise<Lab> {
  const manifest = loadManifest(source, options.file);
  if (manifest.kind === 'stack')
    throw fail('MANIFEST_KIND', { kind: 'one stack', wanted: 'a lab', call: 'buildStack' });
  const problems = new Problems();
  const chooser = await openChooser(manifest, options, problems);
  const plan = planLab(manifest, chooser);
  const asksFrames = plan.validations.some((each) => each.frames !== undefined);
  const dissector = asksFrames && options.fields === undefined ? planFields(chooser) : undefined;
  problems.check();

  const { sim, pool: poolSize } = manifest.value;
  const seed = options.seed ?? sim?.seed;
  const clock = options.clock ?? (sim === undefined ? new SystemClock() : new VirtualClock(sim.epoch));
  const random = options.random ?? (seed === undefined ? new SystemRandom() : new SeededRandom(seed));
  const pool = options.pool ?? new PacketPool(poolSize);
  const world = { ...options, clock, pool, timers: undefined };
  const bound = plan.nodes.map((node) => ({
    node,
    bindings: bindNode(node, world, random, options, problems),
  }));
  problems.check();

  const [first] = bound;
  const provided =
    dissector === undefined ? undefined : resolve<FrameFields>(first.bindings.container, dissector.provider);
  const fields = options.fields ?? provided;
  const jury = asksFrames && fields !== undefined ? new FrameJury(plan.validations, fields) : null;
  const lab = new Lab(plan, clock, sim?.stop_time ?? Number.POSITIVE_INFINITY, jury);
  const linkOf = joinLinks(lab, bound, clock, random);
  for (const { node, bindings } of bound) {
    const stack = assemble(node, bindings, ({ name }) => {
      const endpoint = `${node.name}:${name}`;
      return linkOf.get(endpoint)?.attach(endpoint, bindings.container.get(PACKET_POOL));
    });
    lab.nodes.set(node.name, stack);
    if (jury !== null) stack.host.watch(jury.tap(node.name));
  }
  const print = options.print ?? (first === undefined ? () => {} : printer(options, first.bindings.container));
  for (const each of plan.watchers) {
    const watcher = resolve<WatcherFactory>(first.bindings.container, each.provider)({ clock, print });
    lab.watchers.push(watcher);
    for (const stack of lab.nodes.values()) stack.host.watch(watcher.tap(stack));
  }
  for (const stack of lab.nodes.values()) {
    addApplications(stack, print);
    for (const [name, app] of stack.apps) lab.apps.set(`${stack.name}/${name}`, app);
  }
  return lab;
}

/**
 * Everything that is wrong with a manifest, of either kind: its shape, its names, its options, its wiring. Nothing is
 * opened or started.
 * @returns no problem where it is sound.
 */
export async function checkManifest(source: ManifestInput, options: BuildOptions = {}): Promise<NetwrightError[]> {
  const problems = new Problems();
  try {
    const manifest = loadManifest(source, options.file);
    const chooser = await openChooser(manifest, options, problems);
    const plans: StackPlan[] = [];
    if (manifest.kind === 'stack') {
      plans.push(planSingle(manifest, chooser, options.device));
      planWatchers(manifest.value.watch, chooser);
    } else {
      const lab = planLab(manifest, chooser);
      plans.push(...lab.nodes);
      if (options.fields === undefined && lab.validations.some((each) => each.frames !== undefined))
        planFields(chooser);
    }
    if (problems.found.length === 0) for (const plan of plans) bindStack(plan, {}, options.overrides ?? [], problems);
  } catch (error) {
    if (error instanceof ManifestError) return [...error.problems];
    throw error;
  }
  return problems.sorted();
}

function bindNode(
  node: StackPlan,
  world: HostParts,
  random: Random,
  options: BuildOptions,
  problems: Problems,
): Bindings {
  // A source of its own for each node: one more draw in one of them does not change the others.
  const own = { ...world, random: random.fork(`node ${node.name}`) };
  return bindStack(node, own, options.overrides ?? [], problems);
}

/** Makes the links. @returns the link of each endpoint. */
function joinLinks(
  lab: Lab,
  bound: readonly { readonly bindings: Bindings }[],
  clock: Clock,
  random: Random,
): Map<string, Link> {
  const linkOf = new Map<string, Link>();
  for (const { name, choice, endpoints, down } of lab.plan.links) {
    const make = resolve<LinkFactory>(bound[0].bindings.container, choice.provider);
    const link = make({ name, clock, random: random.fork(`link ${name}`) });
    lab.links.set(name, link);
    if (down.length > 0) lab.outages.push(new Outages(clock, link, down));
    for (const each of endpoints) linkOf.set(`${each.node}:${each.interface}`, link);
  }
  return linkOf;
}
