import type { IpAddress, Scope } from '@netwright/core';
import { isControlledNetwork } from '../ip/control.js';
import type { Network, NoPath, Path, PathOptions } from '../ip/network.js';
import { IP_ID, IP_TTL } from '../ip/tokens.js';

/** What a scope chooses for the packets that carry its segments. */
export function pathChoices(scope: Scope): PathOptions {
  return {
    ...(scope.has(IP_TTL) ? { ttl: scope.get(IP_TTL) } : {}),
    ...(scope.has(IP_ID) ? { id: scope.get(IP_ID) } : {}),
  };
}

/** The way to one host: TCP speaks with nobody else (RFC 9293 section 3.9.2.3, MUST-63). */
export function pathTo(network: Network | null, remote: IpAddress, choices: PathOptions): Path | NoPath {
  if (network === null) return 'EAFNOSUPPORT';
  const everybody = isControlledNetwork(network) && network.isBroadcast(remote);
  return everybody || remote.isAny ? 'ENETUNREACH' : network.path(remote, choices);
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
