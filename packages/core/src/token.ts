import type { ServiceIdentifier } from 'inversify';

/** A typed name for a behaviour: typed for code, named for manifests. */
export type Token<T> = ServiceIdentifier<T> & symbol;

/** Some token, whatever its type. */
export type AnyToken = Token<unknown>;

/** How long what a token resolves to lives, and therefore where it may be overridden. */
export type TokenScope =
  /** One for the stack: overridden for the whole stack only. */
  | 'stack'
  /** Resolved when a connection or socket is made: overridden for the stack, one listener or one connection. */
  | 'socket';

/** What the registry page says of a token. */
export interface TokenPage {
  /** Its name in manifests: 'tcp.isn'. */
  readonly name: string;
  readonly scope: TokenScope;
  /** The TypeScript contract that an implementation meets. */
  readonly contract: string;
  /** What stands behind it when nothing is overridden. */
  readonly fallback: string;
  /** What an override may change. */
  readonly changes: string;
}

const PREFIX = 'netwright:';
const pages = new Map<string, TokenPage>();

/**
 * Makes the token `name`, or gives the one that already has this name: two copies of a package agree on it.
 * @param page what the registry of tokens says of it; tokens without a page are wiring and cannot be overridden.
 */
export function token<T>(name: string, page?: Omit<TokenPage, 'name'>): Token<T> {
  if (page !== undefined) pages.set(name, { name, ...page });
  return Symbol.for(PREFIX + name) as Token<T>;
}

/** The name of a token as manifests write it. */
export function tokenName(token: ServiceIdentifier): string {
  const text = typeof token === 'symbol' ? (token.description ?? '') : typeof token === 'function' ? token.name : token;
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
}

/** The page of a token that may be overridden, or undefined. */
export function tokenPage(name: string): TokenPage | undefined {
  return pages.get(name);
}

/** Every token that may be overridden, by name. */
export function allTokenPages(): readonly TokenPage[] {
  return [...pages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
