import type { FragmentPolicy } from '../ip/tokens.js';

/**
 * Whose bytes win where a fragment overlaps one that came before (Shankar and Paxson, "Active Mapping", 2003; Novak,
 * "Target-Based Fragmentation Reassembly", 2005). The names are the systems in which they were found.
 *
 * | policy    | the new fragment wins where                                      | found in                 |
 * |-----------|------------------------------------------------------------------|--------------------------|
 * | first     | never                                                            | HP-UX 11, Mac OS         |
 * | last      | always (RFC 791 section 3.2 reassembles so)                      | Cisco IOS                |
 * | bsd       | it starts before the one that is kept                            | BSD, IRIX, HP-UX 10      |
 * | bsd-right | it does not start before the one that is kept                    | HP JetDirect             |
 * | linux     | it starts before the one that is kept, or with it                | Linux before 4.19        |
 * | windows   | it starts before the one that is kept and ends behind it         | Windows 95 to 2003       |
 * | solaris   | it starts before the one that is kept and ends with or behind it | Solaris                  |
 * | drop      | nobody does: the datagram is discarded (RFC 5722)                | Linux since 4.19         |
 *
 * "The one that is kept" is what earlier overlaps have left of a fragment, as in the lists of those systems.
 */
export type FragmentPolicyName = 'first' | 'last' | 'bsd' | 'bsd-right' | 'linux' | 'windows' | 'solaris' | 'drop';

function wins(prefersNew: FragmentPolicy['prefersNew']): FragmentPolicy {
  return { dropsOverlaps: false, prefersNew };
}

/** The policies, by name. */
export const fragmentPolicies: Readonly<Record<FragmentPolicyName, FragmentPolicy>> = {
  first: wins(() => false),
  last: wins(() => true),
  bsd: wins((kept, _keptEnd, arrived) => arrived < kept),
  'bsd-right': wins((kept, _keptEnd, arrived) => arrived >= kept),
  linux: wins((kept, _keptEnd, arrived) => arrived <= kept),
  windows: wins((kept, keptEnd, arrived, arrivedEnd) => arrived < kept && arrivedEnd > keptEnd),
  solaris: wins((kept, keptEnd, arrived, arrivedEnd) => arrived < kept && arrivedEnd >= keptEnd),
  drop: { dropsOverlaps: true, prefersNew: () => false },
};
