import { IpAddress } from '@netwright/core';
import { canonical } from './codec.js';

/** What is wrong with a host name (RFC 1035 section 2.3.4); null when nothing is. */
export function nameProblem(name: string): string | null {
  const bare = name.replace(/\.$/, '');
  if (bare === '') return 'it is empty';
  if (bare.length > 253) return `it is ${bare.length} bytes long`;
  if (/[^\x21-\x7e]/.test(bare)) return 'it holds characters beyond ASCII, or blanks; write it in Punycode (xn--)';
  for (const label of bare.split('.')) {
    if (label === '') return 'it has an empty label';
    if (label.length > 63) return `the label "${label}" is ${label.length} bytes long`;
  }
  return null;
}

/**
 * The full names that a short one may mean, in the order in which they are tried: with fewer than `dots` dots the
 * search domains come first, else last. A dot at the end means that the name is full as it is.
 */
export function candidates(name: string, search: readonly string[], dots: number): string[] {
  const full = canonical(name);
  if (name.endsWith('.')) return [full];
  const searched = search.map((domain) => `${full}.${canonical(domain)}`).filter((each) => nameProblem(each) === null);
  return full.split('.').length - 1 >= dots ? [full, ...searched] : [...searched, full];
}

/** The name under which PTR records of an address are found (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function reverseName(address: IpAddress): string {
  if (address.version === 4) return `${String(address).split('.').reverse().join('.')}.in-addr.arpa`;
  const words = [address.a, address.b, address.c, address.d].map((word) => (word >>> 0).toString(16).padStart(8, '0'));
  return `${[...words.join('')].reverse().join('.')}.ip6.arpa`;
}

/** Names that need no server: those of the options, and localhost (RFC 6761 section 6.3). */
export class Hosts {
  private readonly entries = new Map<string, IpAddress[]>();

  /** @param entries a name and its addresses; what is no address is left out. */
  constructor(entries: Readonly<Record<string, string | readonly string[]>>) {
    for (const [name, addresses] of Object.entries(entries)) {
      const parsed = [addresses].flat().map((each) => IpAddress.parse(each));
      this.entries.set(
        canonical(name),
        parsed.filter((each) => each !== undefined),
      );
    }
  }

  /** The addresses of a name; undefined when it is not here. */
  find(name: string): readonly IpAddress[] | undefined {
    const found = this.entries.get(canonical(name));
    if (found !== undefined) return found;
    return /(^|\.)localhost$/.test(canonical(name)) ? LOOPBACK : undefined;
  }

  /** The names of an address. */
  namesOf(address: IpAddress): string[] {
    return [...this.entries].filter(([, own]) => own.some((each) => each.equals(address))).map(([name]) => name);
  }
}

const LOOPBACK = [IpAddress.v4(0x7f000001), IpAddress.v6(0, 0, 0, 1)];
