import { reason } from '@netwright/core';
import { IP_ROUTES } from '../ip/tokens.js';

/** Somebody else's packet, on its way through. */
export const IPV6_FORWARD = reason('ipv6.forward', IP_ROUTES);
