import type { MacAddress } from '@netwright/core';

/** What a capture is for. */
export interface CaptureScope {
  /** The interface's own hardware address. */
  readonly hardware: MacAddress;
  /** The one that the stack uses. */
  readonly mac: MacAddress;
  /** The flows that are the stack's, where it has its network address in common with the host. */
  readonly shared: SharedAddress | null;
  /** One more condition, in the words of pcap-filter(7). */
  readonly filter: string;
}

/** The part of an address that is the stack's; the rest of it stays the host's. */
export interface SharedAddress {
  /** '192.0.2.7' */
  readonly address: string;
  /** Local ports and ranges, of TCP and UDP: [8080, '61000-65535']. */
  readonly ports: readonly (number | string)[];
}

/**
 * The capture filter of a stack: what is sent to it alone. Its own frames, and those that the host sends by the same
 * interface, do not come back to it.
 */
export function captureFilter({ hardware, mac, shared, filter }: CaptureScope): string {
  const parts = [`not ether src ${hardware}`];
  if (!mac.equals(hardware)) parts.push(`not ether src ${mac}`);
  parts.push(`(ether dst ${mac} or ether multicast)`);
  if (shared !== null) parts.push(sharedFlows(shared));
  if (filter !== '') parts.push(`(${filter})`);
  return parts.join(' and ');
}

/**
 * The stack must not see the host's own connections: it would reset them. It sees ARP (both answer, with the same
 * hardware address), ICMP errors (each heeds those about its own packets; echo is left to the host), and later
 * fragments, which carry no ports.
 */
function sharedFlows({ address, ports }: SharedAddress): string {
  const ranges = ports.map((port) => `dst portrange ${String(port).includes('-') ? port : `${port}-${port}`}`);
  const flows = [
    `((tcp or udp) and (${ranges.join(' or ')}))`,
    '(icmp and icmp[0] != 8 and icmp[0] != 0)',
    '(ip[6:2] & 0x1fff != 0)',
  ];
  return `(arp or (dst host ${address} and (${flows.join(' or ')})))`;
}
