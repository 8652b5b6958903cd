import { type BindToFluentSyntax, Container, ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { fail, NetwrightError, type Place } from '../errors.js';
import { HOST, Host, type HostParts, PACKET_POOL } from '../host.js';
import { layerToken } from '../layer.js';
import { LOGGER, SilentLogger } from '../logger.js';
import { atPlace, type Problems } from '../manifest/problems.js';
import { PacketPool } from '../packet/pool.js';
import type { Override, Provider, Wiring } from '../plugin.js';
import { RANDOM, SystemRandom } from '../random.js';
import { TAP, type Tap } from '../tap.js';
import { CLOCK } from '../time/clock.js';
import { SystemClock } from '../time/system-clock.js';
import { TIMERS, TimerWheel } from '../time/timers.js';
import { type AnyToken, type Token, tokenName, tokenPage } from '../token.js';
import { checkOverride } from './override.js';
import type { PluginPlan, StackPlan } from './plan.js';
import { SCOPE, Scope, type ScopeDefaults } from './scope.js';

/** The containers of one stack, bound and overridden; nothing has been resolved yet. */
export interface Bindings {
  readonly container: Container;
  readonly scope: Scope;
  /** Who bound each token: a plugin's name, or 'core'. */
  readonly boundBy: ReadonlyMap<AnyToken, string>;
  /** Every override in force for the whole stack, the last of each token. */
  readonly overrides: readonly Override[];
}

type Identifier = Parameters<ContainerModuleLoadOptions['bind']>[0];

/**
 * Binds the world, the plugins and the layers of a stack, then what is overridden for all of it: overrides come after
 * the defaults, else both would stand, and before anything is resolved, else who already holds the default keeps it.
 * One container a stack: a parent and a child would share what was resolved through the child first.
 * @param code overrides of the program, after the manifest's. Problems: TOKEN_BOUND_TWICE, OVERRIDE_LOST_INJECTION.
 */
export function bindStack(plan: StackPlan, world: HostParts, code: readonly Override[], problems: Problems): Bindings {
  const container = new Container();
  const ledger = new Ledger(problems);
  bindWorld(container, world, ledger);
  for (const { plugin, options } of plan.plugins) {
    if (plugin.bind === undefined) continue;
    const { bind } = plugin;
    container.load(new ContainerModule((own) => bind(ledger.record(own, plugin.name, options, 'stack'))));
  }
  for (const { layerClass, name } of plan.layers) {
    if (!container.isBound(layerClass)) {
      container.bind(layerClass).toSelf().inSingletonScope();
      ledger.note(layerClass, 'core', 'stack');
    }
    if (!container.isBound(layerToken(name))) container.bind(layerToken(name)).toService(layerClass);
    ledger.note(layerToken(name), 'core', 'stack');
  }
  const defaults = plan.plugins.flatMap((each) => socketDefaults(each, ledger));
  ledger.note(SCOPE, 'core', 'stack');

  const overrides = new Map<AnyToken, Override>();
  const listed = plan.plugins.filter((each) => each.listed);
  const ofPlugins = listed.flatMap(({ plugin, options, place }) =>
    (plugin.overrides?.(options) ?? []).filter((each) => report(problems, () => sound(each), place) === true),
  );
  for (const each of [...ofPlugins, ...plan.overrides, ...code]) {
    overrides.delete(each.token);
    overrides.set(each.token, each);
  }
  const ofStack = [...overrides.values()].filter((each) => tokenPage(tokenName(each.token))?.scope !== 'socket');
  const ofSockets = [...overrides.values()].filter((each) => !ofStack.includes(each));
  for (const each of ofStack) report(problems, () => rebind(container, each));
  const decided = new Map(ofStack.map(({ token, by }) => [token, by]));
  const forwards = forwarding(container, ledger);
  const make = (list: readonly Override[]) => new Scope(new Map(), [...defaults, forwards], list, decided);
  // With a lost injection there is a problem to report, and the scope is never used.
  const scope = report(problems, () => make(ofSockets)) ?? make([]);
  container.bind(SCOPE).toConstantValue(scope);
  return { container, scope, boundBy: ledger.boundBy, overrides: [...overrides.values()] };
}

/** Notes who binds what. */
class Ledger {
  readonly boundBy = new Map<AnyToken, string>();
  /** What the stack's container holds, with how often it was bound. */
  readonly stack = new Map<Identifier, number>();

  constructor(private readonly problems: Problems) {}

  note(identifier: Identifier, by: string, scope: 'stack' | 'socket'): void {
    const bound = identifier as AnyToken;
    const first = this.boundBy.get(bound);
    const name = tokenName(bound);
    // Of tokens without a page there may be several: they are gathered with @multiInject.
    if (first !== undefined && first !== by && tokenPage(name) !== undefined) {
      this.problems.add(fail('TOKEN_BOUND_TWICE', { first, second: by, token: name }));
    }
    this.boundBy.set(bound, by);
    if (scope === 'stack') this.stack.set(identifier, (this.stack.get(identifier) ?? 0) + 1);
  }

  /** Inversify's own functions, with a note of each binding. */
  record(own: ContainerModuleLoadOptions, by: string, options: unknown, scope: 'stack' | 'socket'): Wiring<unknown> {
    return {
      options,
      bind: <T>(identifier: Parameters<typeof own.bind<T>>[0]): BindToFluentSyntax<T> => {
        this.note(identifier, by, scope);
        return own.bind(identifier);
      },
      rebind: <T>(identifier: Parameters<typeof own.bind<T>>[0]) => {
        this.boundBy.set(identifier as AnyToken, by);
        return own.rebind(identifier);
      },
      isBound: own.isBound,
      onActivation: own.onActivation,
    };
  }
}

function bindWorld(container: Container, world: HostParts, ledger: Ledger): void {
  const { clock, timers, random, pool, logger, tap } = world;
  // Made when first asked for: a manifest that is only checked needs no packet memory.
  const bind = <T>(token: Token<T>, given: T | undefined, make: () => T) => {
    if (given !== undefined) container.bind(token).toConstantValue(given);
    else container.bind(token).toDynamicValue(make).inSingletonScope();
    ledger.note(token, 'core', 'stack');
  };
  bind(CLOCK, clock, () => new SystemClock());
  bind(TIMERS, timers, () => new TimerWheel(container.get(CLOCK)));
  bind(RANDOM, random, () => new SystemRandom());
  bind(PACKET_POOL, pool, () => new PacketPool());
  bind(LOGGER, logger, () => new SilentLogger());
  bind<Tap | null>(TAP, tap, () => null);
  container.bind(HOST).to(Host).inSingletonScope();
  ledger.note(HOST, 'core', 'stack');
}

/** A plugin's defaults for sockets, noted the first time they are bound. */
function socketDefaults({ plugin, options }: PluginPlan, ledger: Ledger): ScopeDefaults[] {
  if (plugin.socket === undefined) return [];
  const { socket, name } = plugin;
  let noted = false;
  return [
    (own) => {
      const wiring = noted ? { ...own, options } : ledger.record(own, name, options, 'socket');
      noted = true;
      socket(wiring);
    },
  ];
}

/**
 * What the whole stack shares, as seen from the container of a scope: resolved in the stack's own container, when it is
 * needed, so that a default for sockets may inject the routing table and get the one that the stack uses.
 */
function forwarding(container: Container, ledger: Ledger): ScopeDefaults {
  return ({ bind, isBound }) => {
    for (const [identifier, count] of ledger.stack) {
      if (isBound(identifier)) continue;
      if (count === 1)
        bind(identifier)
          .toDynamicValue(() => container.get(identifier))
          .inTransientScope();
      else {
        for (let i = 0; i < count; i++) bind(identifier).toDynamicValue(() => container.getAll(identifier)[i]);
      }
    }
  };
}

/** Puts `override` in the place of what a container has. @throws OVERRIDE_LOST_INJECTION */
function rebind(container: Container, { token, provider }: Override): void {
  if ('class' in provider) checkOverride(provider.class);
  if (container.isBound(token)) container.unbind(token);
  if ('class' in provider) container.bind(token).to(provider.class).inSingletonScope();
  else if ('value' in provider) container.bind(token).toConstantValue(provider.value);
  else {
    container
      .bind(token)
      .toDynamicValue(() => provider.make((other) => container.get(other)))
      .inSingletonScope();
  }
}

/** What a provider gives: devices, links, applications and watchers are not bound, each entry makes its own. */
export function resolve<T>(container: Container, provider: Provider<unknown>): T {
  if ('value' in provider) return provider.value as T;
  if ('make' in provider) return provider.make((token) => container.get(token)) as T;
  return container.get(provider.class, { autobind: true }) as T;
}

/** @throws OVERRIDE_LOST_INJECTION */
function sound({ provider }: Override): true {
  if ('class' in provider) checkOverride(provider.class);
  return true;
}

function report<T>(problems: Problems, action: () => T, place?: Place): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NetwrightError)) throw error;
    problems.add(atPlace(error, place));
    return undefined;
  }
}
