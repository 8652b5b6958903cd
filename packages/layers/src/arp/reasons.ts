import { reason } from '@netwright/core';

/** A packet waits for the hardware address of its next hop. */
export const ARP_REQUEST = reason('arp.request');
/** The neighbour did not answer yet. */
export const ARP_RETRY = reason('arp.request.retry');
/** A known neighbour is asked whether it is still there (RFC 1122 section 2.3.2.1, unicast poll). */
export const ARP_POLL = reason('arp.request.poll');
/** Somebody asked for an address of ours. */
export const ARP_REPLY = reason('arp.reply');
/** Somebody asked for an address that we answer for. */
export const ARP_PROXY = reason('arp.reply.proxy');
/** The stack says that it has started to use an address (RFC 5227 section 2.3). */
export const ARP_ANNOUNCE = reason('arp.announce');
/** Somebody else claims an address of ours (RFC 5227 section 2.4). */
export const ARP_DEFEND = reason('arp.announce.defend');
/** The stack asks whether somebody has an address that it would like to use (RFC 5227 section 2.1). */
export const ARP_PROBE = reason('arp.probe');
