import { reason } from '@netwright/core';

/** A packet waits for the hardware address of its next hop. */
export const NDP_SOLICIT = reason('ndp.solicitation');
/** The neighbour did not answer yet. */
export const NDP_RETRY = reason('ndp.solicitation.retry');
/** A known neighbour is asked whether it is still there (RFC 4861 section 7.3). */
export const NDP_PROBE = reason('ndp.solicitation.probe');
/** Does anybody have this address (RFC 4862 section 5.4)? */
export const NDP_DUPLICATE = reason('ndp.solicitation.duplicate');
/** Somebody asked for an address of ours. */
export const NDP_ADVERTISE = reason('ndp.advertisement');
/** Is there a router? */
export const NDP_ROUTER_SOLICIT = reason('ndp.router.solicitation');
/** Here is one. */
export const NDP_ROUTER_ADVERTISE = reason('ndp.router.advertisement');
