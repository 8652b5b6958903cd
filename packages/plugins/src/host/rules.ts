import type { IpAddress } from '@netwright/core';
import { fail } from '../errors.js';
import { IpTables } from './iptables.js';
import { isAlive, type Owner, ownerIn, tagOf, thisProcess } from './owner.js';

/** The chain of the guard's rules about what the kernel sends; OUTPUT jumps to it while it has any. */
export const GUARD_CHAIN = 'NETWRIGHT';
/** The same for what the kernel receives; INPUT jumps to it. */
export const GUARD_CHAIN_IN = 'NETWRIGHT-IN';

const CHAINS = [
  { chain: GUARD_CHAIN, from: 'OUTPUT' },
  { chain: GUARD_CHAIN_IN, from: 'INPUT' },
] as const;

/** One rule of the guard, without the tag of its owner. */
export interface GuardRule {
  readonly version: 4 | 6;
  readonly chain: string;
  /** As on the command line: '-p tcp -s 10.0.0.1 --sport 80 --tcp-flags RST RST'. */
  readonly match: string;
}

/**
 * The kernel's resets from a local address and port, or from a range of ports ('61000:65535'); with `remote` and
 * `remotePort` only those of one connection.
 */
export function resetsFrom(
  local: IpAddress,
  port: number | string,
  remote?: IpAddress,
  remotePort?: number,
): GuardRule {
  const peer = remote === undefined ? ['', ''] : [` -d ${remote}`, ` --dport ${remotePort}`];
  return {
    version: local.version,
    chain: GUARD_CHAIN,
    match: `-s ${local}${peer[0]} -p tcp -m tcp --sport ${port}${peer[1]} --tcp-flags RST RST`,
  };
}

/**
 * Datagrams to a local address and port: the kernel does not see them, and has nothing to call unreachable. (The
 * quoted port of an ICMP error could be matched only by the modules u32 or bpf, which few hosts have.) A capture device
 * takes frames before the packet filter does.
 */
export function datagramsTo(local: IpAddress, port: number | string): GuardRule {
  return { version: local.version, chain: GUARD_CHAIN_IN, match: `-d ${local} -p udp -m udp --dport ${port}` };
}

/** How many holders each rule of this process has: several guards may share one. */
const held = new Map<string, number>();
const filters = new Map<4 | 6, IpTables>();

/** The packet filter of this version. @throws GUARD_NO_IPTABLES, GUARD_RIGHTS */
export function filterOf(version: 4 | 6): IpTables {
  const known = filters.get(version);
  if (known !== undefined) return known;
  const filter = IpTables.open(version);
  filters.set(version, filter);
  return filter;
}

/**
 * Makes the chain that every guard needs, and the jump to it. The other one is made with its first rule: `iptables`
 * over nftables leaves a built-in chain behind, empty, wherever it has been used.
 * @throws GUARD_…
 */
export async function prepareChains(version: 4 | 6): Promise<void> {
  const filter = filterOf(version);
  filter.commit([`-N ${GUARD_CHAIN}`]);
  await filter.jump('OUTPUT', GUARD_CHAIN);
}

/** Puts the rule in force, once, under this process's name. @throws GUARD_FAILED */
export function holdRule(rule: GuardRule): void {
  const key = keyOf(rule);
  const holders = held.get(key) ?? 0;
  if (holders === 0) install(rule);
  held.set(key, holders + 1);
}

/** Takes it away when the last holder lets go. */
export function releaseRule(rule: GuardRule): void {
  const key = keyOf(rule);
  const holders = held.get(key) ?? 0;
  if (holders > 1) held.set(key, holders - 1);
  else if (held.delete(key)) filterOf(rule.version).commit([`-D ${rule.chain} ${specification(rule)}`]);
}

/** Whether this process holds the rule. */
export function isHeld(rule: GuardRule): boolean {
  return held.has(keyOf(rule));
}

function keyOf({ version, chain, match }: GuardRule): string {
  return `${version} ${chain} ${match}`;
}

function specification({ match }: GuardRule): string {
  return `${match} -m comment --comment ${tagOf(thisProcess())} -j DROP`;
}

function install(rule: GuardRule): void {
  const filter = filterOf(rule.version);
  const wanted = specification(rule);
  if (filter.has(rule.chain, wanted)) return;
  const add = `-A ${rule.chain} ${wanted}`;
  const from = CHAINS.find(({ chain }) => chain === rule.chain)?.from;
  // The chain may have gone with the last rule of another process: then all three are made at once. That fails in turn
  // when another one has just made it.
  for (let attempt = 0; ; attempt++) {
    if (filter.commit([add]) === null) return;
    const problem = filter.commit([`-N ${rule.chain}`, `-A ${from} -j ${rule.chain}`, add]);
    if (problem === null) return;
    if (attempt === 3) throw fail('GUARD_FAILED', { rules: add, cause: problem });
  }
}

/** A rule that is in force, and whose it is. */
export interface GuardedRule {
  readonly version: 4 | 6;
  /** As `iptables -S` prints it. */
  readonly rule: string;
  readonly owner: Owner;
  /** Whether its owner still runs; a dead one's rule is removed at the next start. */
  readonly alive: boolean;
}

/** Every rule of the guard on this host, whoever owns it. */
export function listRules(version: 4 | 6): GuardedRule[] {
  const filter = filterOf(version);
  return CHAINS.flatMap(({ chain }) =>
    filter.rules(chain).flatMap((rule) => {
      const owner = ownerIn(rule);
      return owner === undefined ? [] : [{ version, rule, owner, alive: isAlive(owner) }];
    }),
  );
}

/**
 * Removes the rules that `which` chooses, then the chains and jumps that nobody needs.
 * @returns the rules removed.
 */
export function sweep(version: 4 | 6, which: (rule: GuardedRule) => boolean): GuardedRule[] {
  const filter = filterOf(version);
  const going = listRules(version).filter(which);
  if (going.length > 0) {
    const deletions = going.map(({ rule }) => rule.replace(/^-A /, '-D '));
    // Together; or one by one when another process has removed some of them meanwhile.
    if (filter.commit(deletions) !== null) for (const each of deletions) filter.commit([each]);
  }
  for (const { chain, from } of CHAINS) {
    if (!filter.hasChain(chain)) continue;
    const jumps = filter.rules(from).filter((rule) => rule === `-A ${from} -j ${chain}`);
    const lines = jumps.map(() => `-D ${from} -j ${chain}`);
    // Refused as a whole while the chain has a rule, and then nothing changes.
    filter.commit([...lines, `-X ${chain}`]);
  }
  return going;
}
