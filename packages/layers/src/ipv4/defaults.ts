import type { ContainerModuleLoadOptions } from 'inversify';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import { FixedTtl } from '../ip/ttl.js';
import { RandomIpId } from './id.js';

/** The behaviours of IPv4 that a socket may have of its own, where nothing is overridden. */
export const ipv4SocketDefaults = ({ bind, isBound }: Pick<ContainerModuleLoadOptions, 'bind' | 'isBound'>): void => {
  bind(IP_ID).to(RandomIpId).inTransientScope();
  if (!isBound(IP_TTL)) bind(IP_TTL).toConstantValue(new FixedTtl());
};
