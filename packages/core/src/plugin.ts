import type { ContainerModuleLoadOptions, Newable } from 'inversify';
import type { z } from 'zod';
import type { Layer } from './layer.js';
import type { AnyToken, Token } from './token.js';

/** How an implementation of a token is made. */
export type Provider<T> =
  /** A class whose constructor parameters all carry `@inject(TOKEN)`; a new one for each resolution. */
  | { readonly class: Newable<T> }
  /** The thing itself, shared by all. */
  | { readonly value: T }
  /** A function; a new one for each resolution. */
  | { readonly make: (get: <U>(token: Token<U>) => U) => T };

/**
 * A named choice for a token, for manifests: `override: { tcp.isn: { use: isn.fixed, value: 5555 } }`.
 */
export interface Implementation<T = unknown, O = unknown> {
  /** 'isn.fixed' */
  readonly name: string;
  readonly token: Token<T>;
  /** One sentence. */
  readonly summary: string;
  /** Its options; a strict object, so that manifests are checked and editors complete them. */
  readonly options?: z.ZodType<O>;
  /** Makes it; `options` has passed the schema. Called once for each scope that asks for it. */
  provide(options: O): Provider<T>;
}

/** Declares an implementation; the token says what it must be. */
export function implementation<T, O = Record<string, never>>(each: Implementation<T, O>): Implementation {
  return each as unknown as Implementation;
}

/** One rebinding: what stands behind `token` from now on, in the scope it is given to. */
export interface Override {
  readonly token: AnyToken;
  readonly provider: Provider<unknown>;
  /** Whose decision it was, for traces: 'isn.fixed of plugin variations, demo.yaml:12:7'. */
  readonly by: string;
}

/**
 * An override in code: `override(TCP_ISN, { value: fixedIsn })` or `override(TCP_SESSION, { class: MySession })`.
 */
export function override<T>(token: Token<T>, provider: Provider<T>, by?: string): Override {
  const name = 'class' in provider ? provider.class.name : 'a value of the program';
  return { token, provider, by: by ?? name };
}

/** A layer's class. */
export type LayerClass = Newable<Layer>;

/** What a plugin binds with: inversify's own functions. */
export type Wiring<O> = Pick<ContainerModuleLoadOptions, 'bind' | 'rebind' | 'isBound' | 'onActivation'> & {
  /** The plugin's options, checked and with their defaults. */
  readonly options: O;
};

/** A package of layers, bindings and choices. */
export interface Plugin<O = unknown> {
  /** As manifests write it. */
  readonly name: string;
  readonly version: string;
  /** One sentence. */
  readonly summary?: string;
  /** A strict zod object; absent where there is nothing to choose. */
  readonly options?: z.ZodType<O>;
  /** Layers it provides; each is named by its declaration. */
  readonly layers?: readonly LayerClass[];
  /** Binds what the whole stack shares. */
  bind?(wiring: Wiring<O>): void;
  /** Binds the defaults of tokens that are resolved when a socket is made. */
  socket?(wiring: Wiring<O>): void;
  /** Named choices it offers to manifests. */
  readonly implementations?: readonly Implementation[];
  /** What it changes for the whole stack just by being listed. */
  overrides?(options: O): readonly Override[];
}

/** Some plugin, whatever its options. */
export type AnyPlugin = Plugin<unknown>;

/** Declares a plugin. It only gives the object back, typed: a plugin is data. */
export function definePlugin<O = Record<string, never>>(plugin: Plugin<O>): AnyPlugin {
  return plugin as AnyPlugin;
}
