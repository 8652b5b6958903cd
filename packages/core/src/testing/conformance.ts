import type { z } from 'zod';
import { drive } from '../lab/drive.js';
import { APPLICATION, DEVICE, LINK, WATCHER } from '../lab.js';
import { declarationOf, type Layer } from '../layer.js';
import { FRAME_FIELDS } from '../manifest/expression.js';
import type { Packet } from '../packet/packet.js';
import { PacketPool } from '../packet/pool.js';
import { type AnyPlugin, type Implementation, override } from '../plugin.js';
import { SeededRandom } from '../random.js';
import { resolve } from '../stack/bind.js';
import { type BuiltStack, buildStack } from '../stack/build.js';
import { checkOverride } from '../stack/override.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { type AnyToken, tokenName, tokenPage } from '../token.js';
import { MemoryDevice } from './memory-device.js';
import { mutate, noise } from './mutate.js';

/** One thing that holds of every plugin. */
export interface Check {
  /** A sentence: 'greeter: layer "greeter" survives 2000 damaged packets'. */
  readonly name: string;
  /** Throws when it does not hold. */
  run(): void | Promise<void>;
}

/** What a plugin needs to be tried out. */
export interface ConformanceSetup {
  /** Plugins of the layers below. */
  readonly plugins?: readonly AnyPlugin[];
  /** The layers of the stack that each layer is tried in, beside itself; else the first that it declares to run over, and theirs. */
  readonly layers?: readonly string[];
  /** How many interfaces the stack has; 1 unless said otherwise. */
  readonly interfaces?: number;
  /** Options of the plugin where its defaults do not do. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options of implementations by name, where their defaults do not do. */
  readonly implementationOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Whole frames to 10.0.0.1 and 02:00:00:00:00:01, as the stack is called: damaged copies of them get further than
   * noise.
   */
  readonly frames?: readonly Uint8Array[];
  /** Where chance starts; a failing run is replayed by it. */
  readonly seed?: number | string;
}

const FACTORIES: readonly AnyToken[] = [DEVICE, LINK, APPLICATION, WATCHER, FRAME_FIELDS];
const DAMAGED = 2000;

/**
 * The suite that every plugin should pass, for any test runner:
 * `for (const { name, run } of conformance(plugin, { plugins: [ipv4, udp] })) test(name, () => run());`
 */
export function conformance(plugin: AnyPlugin, setup: ConformanceSetup = {}): Check[] {
  const bench = new Bench(plugin, setup);
  const named = (name: string, run: Check['run']): Check => ({ name: `${plugin.name}: ${name}`, run });
  const checks = [
    named('its name, version and declarations are sound', () => declarations(plugin)),
    named('its options are a strict schema whose defaults are valid', () =>
      options(plugin.options, setup.options ?? {}),
    ),
  ];
  for (const each of plugin.implementations ?? []) {
    const label = `implementation "${each.name}" of ${tokenName(each.token)}`;
    checks.push(
      named(`${label} has strict options with valid defaults`, () =>
        options(each.options, setup.implementationOptions?.[each.name] ?? {}),
      ),
      named(`${label} provides what its token wants`, () => bench.provides(each)),
    );
  }
  for (const each of plugin.layers ?? []) {
    const { name } = declarationOf(each);
    checks.push(
      named(`layer "${name}" is made by the container`, () => bench.constructible(name)),
      named(`layer "${name}" leaves nothing behind, twice in a row`, () => bench.startsAndStops(name)),
      named(`layer "${name}" survives ${DAMAGED} damaged packets and gives each back`, () => bench.survives(name)),
    );
  }
  return checks;
}

function ensure(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

function declarations(plugin: AnyPlugin): void {
  ensure(/^[\w@][\w./@-]*$/.test(plugin.name), `"${plugin.name}" is no name that a manifest can write`);
  ensure(/^\d+\.\d+\.\d+/.test(plugin.version), `"${plugin.version}" is no version: write 1.0.0`);
  const layers = (plugin.layers ?? []).map((each) => declarationOf(each));
  for (const { name, over } of layers) {
    ensure(/^[\w.-]+$/.test(name), `"${name}" is no name for a layer`);
    ensure(layers.filter((each) => each.name === name).length === 1, `two layers are called "${name}"`);
    const lowers = over.map((each) => each.layer);
    ensure(new Set(lowers).size === lowers.length, `layer "${name}" names a lower layer twice`);
    ensure(!lowers.includes(name), `layer "${name}" runs over itself`);
    for (const { layer, key } of over) {
      const sound = key === undefined || (Number.isInteger(key) && key >= 0);
      ensure(sound, `layer "${name}" has no whole number as its key over "${layer}"`);
    }
  }
  const offered = (plugin.implementations ?? []).map((each) => `${tokenName(each.token)} ${each.name}`);
  ensure(new Set(offered).size === offered.length, 'two implementations of one token have the same name');
  for (const { name, token, summary } of plugin.implementations ?? []) {
    ensure(summary.length > 0, `implementation "${name}" has no summary`);
    const known = FACTORIES.includes(token) || tokenPage(tokenName(token)) !== undefined;
    ensure(known, `token "${tokenName(token)}" has no page: pass one to token(), else no manifest can override it`);
  }
}

function options(schema: z.ZodType | undefined, given: Readonly<Record<string, unknown>>): void {
  if (schema === undefined) return;
  const result = schema.safeParse(given);
  ensure(result.success, `the schema refuses ${JSON.stringify(given)}: ${result.error?.message}`);
  const unknown = schema.safeParse({ ...given, 'no such option': true });
  ensure(!unknown.success, 'an unknown option passes unseen: use z.strictObject');
}

/** Stacks to try a plugin in: a device of the test, virtual time, seeded chance, little memory. */
class Bench {
  constructor(
    private readonly plugin: AnyPlugin,
    private readonly setup: ConformanceSetup,
  ) {}

  async provides(implementation: Implementation): Promise<void> {
    const given = this.setup.implementationOptions?.[implementation.name] ?? {};
    const provider = implementation.provide(implementation.options?.parse(given) ?? given);
    const kinds = ['class', 'value', 'make'].filter((each) => each in provider);
    ensure(kinds.length === 1, 'provide() gives none, or more than one, of `class`, `value` and `make`');
    if ('class' in provider) checkOverride(provider.class);
    const { token } = implementation;
    const factory = FACTORIES.includes(token);
    const overrides = factory ? [] : [override(token, provider, implementation.name)];
    const layers = this.plugin.layers?.map((each) => declarationOf(each).name) ?? [];
    const { stack } = await this.stack(layers, overrides);
    const socket = tokenPage(tokenName(token))?.scope === 'socket';
    const got = factory
      ? resolve(stack.container, provider)
      : socket
        ? stack.bindings.scope.get(token)
        : stack.container.get(token);
    ensure(got !== undefined, 'nothing came of it');
    if (factory) ensure(typeof got === 'function', `${tokenName(token)} wants a function, this is ${typeof got}`);
    await stack.stop();
  }

  async constructible(name: string): Promise<void> {
    const { stack } = await this.stack([name]);
    ensure(
      stack.layers.some((each) => each.name === name),
      `the stack has no layer "${name}"`,
    );
    await stack.stop();
  }

  async startsAndStops(name: string): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const { stack, device, clock } = await this.stack([name]);
      await drive(clock, stack.start(), 'start()');
      clock.runUntil(clock.now() + 10_000);
      await this.close(stack, device, clock);
    }
  }

  async survives(name: string): Promise<void> {
    const { stack, device, clock } = await this.stack([name]);
    await drive(clock, stack.start(), 'start()');
    const layer = stack.layers.find((each) => each.name === name) as Layer;
    const random = new SeededRandom(`${this.setup.seed ?? 1} ${name}`);
    for (let i = 0; i < DAMAGED; i++) {
      const sample = this.setup.frames?.[i % Math.max(1, this.setup.frames.length)];
      const bytes = sample === undefined || i % 2 === 0 ? noise(random.uint32() % 200, random) : mutate(sample, random);
      try {
        if (sample !== undefined && i % 2 === 1) device.inject(bytes);
        else receive(stack, layer, bytes.subarray(0, 1500));
        if (i % 50 === 0) clock.advance(10);
      } catch (error) {
        const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
        throw new Error(`packet ${i} (${hex}) made it throw: ${error}`, { cause: error });
      }
    }
    await this.close(stack, device, clock);
  }

  /** Stops, and sees that nothing is left and every frame had its reason. */
  private async close(stack: BuiltStack, device: MemoryDevice, clock: VirtualClock): Promise<void> {
    await drive(clock, stack.stop(), 'stop()');
    const { host } = stack;
    for (const { reason, bytes } of device.sent) {
      ensure(reason !== null, `a frame of ${bytes.length} bytes had no reason: set packet.reason where it is made`);
    }
    ensure(host.pool.inUse === 0, `${host.pool.inUse} packets were not released`);
    ensure(host.timers.armed === 0, `${host.timers.armed} timers still run`);
    ensure(clock.pending === 0, `${clock.pending} alarms of the clock are still set`);
    ensure(!device.opened, 'the device is still open');
    ensure(!host.turn.active, 'a turn was entered and never left');
  }

  private async stack(layers: readonly string[], overrides: ReturnType<typeof override>[] = []) {
    const device = new MemoryDevice();
    const clock = new VirtualClock();
    const plugins = [...(this.setup.plugins ?? []), this.plugin];
    const own = new Set((this.plugin.layers ?? []).map((each) => declarationOf(each).name));
    const names = this.withLowers(layers, plugins);
    // The options of a plugin are given once, with the first of its layers, or where it is listed.
    const first = names.find((each) => own.has(each));
    const given = this.setup.options ?? {};
    const manifest = {
      plugins: first === undefined ? [{ use: this.plugin.name, ...given }] : [],
      address: '10.0.0.1/24',
      mac: '02:00:00:00:00:01',
      layers: names.map((use) => (use === first ? { use, ...given } : use)),
    };
    const random = new SeededRandom(this.setup.seed ?? 1);
    const pool = new PacketPool({ small: 512, large: 8 });
    const stack = await buildStack(manifest, { plugins, device, clock, random, pool, overrides });
    for (let i = 1; i < (this.setup.interfaces ?? 1); i++) stack.host.attach(new MemoryDevice());
    return { stack, device, clock };
  }

  /** A layer with what it needs below: of several, the first that some plugin provides. */
  private withLowers(layers: readonly string[], plugins: readonly AnyPlugin[]): string[] {
    const known = new Map(plugins.flatMap((each) => each.layers ?? []).map((each) => [declarationOf(each).name, each]));
    const names = new Set([...(this.setup.layers ?? []), ...layers]);
    for (const name of names) {
      const layerClass = known.get(name);
      if (layerClass === undefined) continue;
      const { over } = declarationOf(layerClass);
      const lower = over.find((each) => names.has(each.layer)) ?? over.find((each) => known.has(each.layer));
      if (lower !== undefined) names.add(lower.layer);
    }
    if (names.size === 0) for (const name of known.keys()) names.add(name);
    if (names.size === 0) throw new Error('there is no layer to try it with: pass `plugins` of some');
    return [...names];
  }
}

/** Gives a layer a packet as the one below would: from 10.0.0.2 to 10.0.0.1, with the addresses in front of it. */
function receive(stack: BuiltStack, layer: Layer, bytes: Uint8Array): void {
  const { host } = stack;
  const packet: Packet | null = host.pool.takeWith(bytes);
  ensure(packet !== null, 'no packet slot is free: packets are kept without a limit');
  const { start, view } = packet;
  packet.transport = start;
  packet.network = start - 20;
  packet.sourceAt = start - 8;
  packet.destinationAt = start - 4;
  view.setUint32(start - 20, 0x45000000 | (20 + bytes.length));
  view.setUint32(start - 8, 0x0a000002);
  view.setUint32(start - 4, 0x0a000001);
  packet.interface = host.interfaces[0];
  packet.hopLimit = 64;
  host.turn.run(() => layer.receive(packet));
}
