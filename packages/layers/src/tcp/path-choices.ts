import type { Scope } from '@netwright/core';
import type { PathOptions } from '../ip/network.js';
import { IP_ID, IP_TTL } from '../ip/tokens.js';

/** What a scope chooses for the packets that carry its segments. */
export function pathChoices(scope: Scope): PathOptions {
  return {
    ...(scope.has(IP_TTL) ? { ttl: scope.get(IP_TTL) } : {}),
    ...(scope.has(IP_ID) ? { id: scope.get(IP_ID) } : {}),
  };
}

/** The same for resets, which no connection keeps: resolved once a scope, since a flood of them must not ask the container. */
export class ResetChoices {
  private readonly resolved = new WeakMap<Scope, PathOptions>();

  get(scope: Scope): PathOptions {
    let choices = this.resolved.get(scope);
    if (choices === undefined) {
      choices = pathChoices(scope);
      this.resolved.set(scope, choices);
    }
    return choices;
  }
}
