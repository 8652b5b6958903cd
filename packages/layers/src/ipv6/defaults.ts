import type { ContainerModuleLoadOptions } from 'inversify';
import { IP_TTL } from '../ip/tokens.js';
import { FixedTtl } from '../ip/ttl.js';

/** The behaviours of IPv6 that a socket may have of its own, where nothing is overridden. */
export const ipv6SocketDefaults = ({ bind, isBound }: Pick<ContainerModuleLoadOptions, 'bind' | 'isBound'>): void => {
  // A socket has one hop limit for both versions.
  if (!isBound(IP_TTL)) bind(IP_TTL).toConstantValue(new FixedTtl());
};
