import { Container, ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { fail } from '../errors.js';
import { HOST, type Host } from '../host.js';
import type { Override } from '../plugin.js';
import type { Decider } from '../reason.js';
import { type AnyToken, type Token, token, tokenName, tokenPage } from '../token.js';
import { checkOverride } from './override.js';

/** Binds the defaults of a scope. */
export type ScopeDefaults = (wiring: ContainerModuleLoadOptions) => void;

/**
 * The bindings that a socket is made from: the defaults, then the overrides of the stack, then those of the listener
 * or connection. Each scope has a container of its own: a parent and child would share singletons that were resolved
 * through the child first. A socket resolves what it needs when it is made, and never again.
 */
export class Scope implements Decider {
  /** How often any scope was asked for anything: a transfer must not move it. */
  static lookups = 0;

  private readonly container = new Container();
  private readonly decided = new Map<AnyToken, string>();

  /**
   * @param constants what every scope of the stack shares: the host, the layers.
   * @throws OVERRIDE_LOST_INJECTION
   */
  constructor(
    private readonly constants: ReadonlyMap<AnyToken, unknown>,
    private readonly defaults: readonly ScopeDefaults[],
    /** Whole stack first; a later one wins. */
    readonly overrides: readonly Override[] = [],
    /** What was decided for the whole stack, outside of scopes: named in traces. */
    private readonly stackWide: ReadonlyMap<AnyToken, string> = new Map(),
  ) {
    for (const [token, value] of constants) this.container.bind(token).toConstantValue(value);
    for (const each of defaults) this.container.load(new ContainerModule(each));
    for (const each of overrides) this.apply(each);
  }

  /** The scope of a layer that is made without a builder. */
  static byHand(host: Host, defaults: readonly ScopeDefaults[], overrides: readonly Override[] = []): Scope {
    return new Scope(new Map<AnyToken, unknown>([[HOST, host]]), defaults, overrides);
  }

  /**
   * This scope with more overrides: for one listener or one connection.
   * @throws OVERRIDE_SCOPE for a token of the whole stack, which nobody would ask this scope for; OVERRIDE_LOST_INJECTION
   */
  derive(overrides: readonly Override[]): Scope {
    if (overrides.length === 0) return this;
    for (const each of overrides) {
      const name = tokenName(each.token);
      if (tokenPage(name)?.scope === 'stack') throw fail('OVERRIDE_SCOPE', { token: name });
    }
    return new Scope(this.constants, this.defaults, [...this.overrides, ...overrides], this.stackWide);
  }

  /** Resolves `token`. Called when a socket is made; counted. */
  get<T>(token: Token<T>): T {
    Scope.lookups++;
    return this.container.get(token);
  }

  /** Whether anything is bound to `token`. */
  has(token: AnyToken): boolean {
    return this.container.isBound(token);
  }

  decidedBy(token: AnyToken): string | null {
    return this.decided.get(token) ?? this.stackWide.get(token) ?? null;
  }

  private apply({ token, provider, by }: Override): void {
    const { container } = this;
    if ('class' in provider) checkOverride(provider.class);
    if (container.isBound(token)) container.unbind(token);
    if ('class' in provider) container.bind(token).to(provider.class).inTransientScope();
    else if ('value' in provider) container.bind(token).toConstantValue(provider.value);
    else {
      const make = provider.make;
      container
        .bind(token)
        .toDynamicValue(() => make((other) => container.get(other)))
        .inTransientScope();
    }
    this.decided.set(token, by);
  }

  /** For `graph`: every override in force, the last of each token. */
  describe(): { token: string; by: string }[] {
    return [...this.decided].map(([token, by]) => ({ token: tokenName(token), by }));
  }
}

/** The scope of the whole stack: layers resolve their sockets' behaviours from it, or from one derived of it. */
export const SCOPE = token<Scope>('scope');
