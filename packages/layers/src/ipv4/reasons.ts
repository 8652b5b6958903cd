import { reason } from '@netwright/core';
import { IP_ROUTES } from '../ip/tokens.js';

/** Somebody else's packet, on its way through. */
export const IPV4_FORWARD = reason('ipv4.forward', IP_ROUTES);
