import type { IpAddress } from '@netwright/core';
import { commonPrefix, type PolicyTable, scopeOf } from './policy-table.js';

/** A destination, and what packets to it would be sent from. */
export interface Destination {
  readonly address: IpAddress;
  /** null: there is no way to it. */
  readonly source: IpAddress | null;
  /** Whether no new connection should begin at the source. */
  readonly deprecated: boolean;
}

/**
 * Sorts destinations by the rules of RFC 6724 section 6. Rule 4 (home addresses) and 7 (tunnels) have nothing to compare
 * here; what no rule tells apart keeps its order.
 */
export function sortDestinations(destinations: readonly Destination[], table: PolicyTable): IpAddress[] {
  return [...destinations].sort((a, b) => compare(a, b, table)).map(({ address }) => address);
}

function compare(a: Destination, b: Destination, table: PolicyTable): number {
  if (a.source === null || b.source === null) return Number(a.source === null) - Number(b.source === null);
  const [ofA, ofB] = [scopeOf(a.address), scopeOf(b.address)];
  const [rowA, rowB] = [table.rowOf(a.address), table.rowOf(b.address)];
  return (
    // Rules 2, 3, 5, 6, 8 and 9: false comes before true.
    Number(ofA !== scopeOf(a.source)) - Number(ofB !== scopeOf(b.source)) ||
    Number(a.deprecated) - Number(b.deprecated) ||
    Number(rowA.label !== table.rowOf(a.source).label) - Number(rowB.label !== table.rowOf(b.source).label) ||
    rowB.precedence - rowA.precedence ||
    ofA - ofB ||
    (a.address.version === b.address.version
      ? commonPrefix(b.source, b.address) - commonPrefix(a.source, a.address)
      : 0)
  );
}
