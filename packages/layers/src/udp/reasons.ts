import { reason } from '@netwright/core';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import { UDP_PORTS } from './ports.js';

/** A program sent it. */
export const UDP_DATAGRAM = reason('udp.datagram', UDP_PORTS, IP_TTL, IP_ID);
/** A hook put it in. */
export const UDP_INJECTED = reason('udp.injected', UDP_PORTS, IP_TTL, IP_ID);
/** A layer over UDP sent it and named no reason of its own. */
export const UDP_UPPER = reason('udp.upper');
