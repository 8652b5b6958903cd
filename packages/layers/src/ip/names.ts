import { IpAddress, type Layer, type NetwrightError } from '@netwright/core';
import { fail } from '../errors.js';

/** 4, 6, or 0 for whatever there is. */
export type Family = 0 | 4 | 6;

/** Gets what a name stands for: the addresses in order of preference, at least one of them unless there is an error. */
export type Resolved = (error: NetwrightError | null, addresses: readonly IpAddress[]) => void;

/** A layer that knows what host names stand for; the dns layer is it. */
export interface NameResolver extends Layer {
  /** Calls `done` once, at once where the answer is known. It never throws. */
  resolve(name: string, family: Family, done: Resolved): void;
}

/** Whether a layer resolves names. */
export function isNameResolver(layer: Layer): layer is NameResolver {
  return 'resolve' in layer && 'lookup' in layer;
}

/**
 * Makes addresses of what a program calls a host: an address is taken as it is, a name is given to the resolver above
 * `transport`.
 * @param done gets ENORESOLVER where it is a name and there is no resolver, else what the resolver says.
 */
export function resolveHost(transport: Layer, host: string | IpAddress, family: Family, done: Resolved): void {
  const literal = typeof host === 'string' ? IpAddress.parse(host) : host;
  const resolver = transport.above.find(isNameResolver);
  if (literal !== undefined) done(null, [literal]);
  else if (resolver === undefined) done(fail('ENORESOLVER', { name: host }), []);
  else resolver.resolve(host as string, family, done);
}
