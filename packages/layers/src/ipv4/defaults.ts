import type { ContainerModuleLoadOptions } from 'inversify';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import { RandomIpId } from './id.js';
import { FixedTtl } from './ttl.js';

/** The behaviours of IPv4 that a socket may have of its own, where nothing is overridden. */
export const ipv4SocketDefaults = ({ bind }: Pick<ContainerModuleLoadOptions, 'bind'>): void => {
  bind(IP_ID).to(RandomIpId).inTransientScope();
  bind(IP_TTL).toConstantValue(new FixedTtl());
};
