import { Cidr, IpAddress } from '@netwright/core';

/** One row of a policy table. */
export interface PolicyRow {
  readonly prefix: Cidr;
  /** Destinations with more of it come first. */
  readonly precedence: number;
  /** Sources go with destinations of the same label. */
  readonly label: number;
}

/** RFC 6724 section 2.1. */
export const DEFAULT_POLICIES: readonly { prefix: string; precedence: number; label: number }[] = [
  { prefix: '::1/128', precedence: 50, label: 0 },
  { prefix: '::/0', precedence: 40, label: 1 },
  { prefix: '::ffff:0:0/96', precedence: 35, label: 4 },
  { prefix: '2002::/16', precedence: 30, label: 2 },
  { prefix: '2001::/32', precedence: 5, label: 5 },
  { prefix: 'fc00::/7', precedence: 3, label: 13 },
  { prefix: '::/96', precedence: 1, label: 3 },
  { prefix: 'fec0::/10', precedence: 1, label: 11 },
  { prefix: '3ffe::/16', precedence: 1, label: 12 },
];

/** What goes with what, and what comes first: the longest prefix of an address decides (RFC 6724 section 2.1). */
export class PolicyTable {
  private readonly rows: readonly PolicyRow[];

  constructor(rows: readonly { readonly prefix: string; readonly precedence: number; readonly label: number }[]) {
    this.rows = rows
      .map((each) => ({ ...each, prefix: Cidr.parse(each.prefix) as Cidr }))
      .sort((a, b) => b.prefix.prefix - a.prefix.prefix);
  }

  /** The row of an address; one of IPv4 is looked up as ::ffff:a.b.c.d. */
  rowOf(address: IpAddress): { readonly precedence: number; readonly label: number } {
    const wide = address.version === 6 ? address : IpAddress.v6(0, 0, 0xffff, address.d);
    return this.rows.find(({ prefix }) => prefix.contains(wide)) ?? { precedence: 0, label: -1 };
  }
}

/** How far an address reaches (RFC 6724 sections 3.1 and 3.2): 2 the link, 14 the world; groups as they say. */
export function scopeOf(address: IpAddress): number {
  if (address.version === 4) return address.isLoopback || address.d >>> 16 === 0xa9fe ? 2 : 14;
  if (address.isMulticast) return (address.a >>> 16) & 15;
  return address.isLoopback || address.a >>> 22 === 0x3fa ? 2 : 14;
}

/** How many bits two addresses of one version have in common, from the left; of IPv6 at most the 64 of a prefix. */
export function commonPrefix(a: IpAddress, b: IpAddress): number {
  if (a.version === 4) return Math.clz32(a.d ^ b.d);
  const high = Math.clz32(a.a ^ b.a);
  return high < 32 ? high : 32 + Math.clz32(a.b ^ b.b);
}
