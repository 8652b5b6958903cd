import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { IpAddress } from '@netwright/core';
import type { PortObserver, PortUse } from '@netwright/layers';
import { fail } from '../errors.js';
import { atTheEnd, notAtTheEnd } from './ending.js';
import { thisProcess } from './owner.js';
import {
  datagramsTo,
  filterOf,
  type GuardedRule,
  type GuardRule,
  holdRule,
  isHeld,
  listRules,
  prepareChains,
  releaseRule,
  resetsFrom,
  sweep,
} from './rules.js';

/** What a guard guards. */
export interface GuardOptions {
  /** The addresses that the stack shares with the host; left out: the host's IPv4 addresses. */
  readonly addresses?: readonly IpAddress[];
  /**
   * Local TCP ports from which the stack connects, guarded by one rule: [61000, 65535]. The host's programs must not use
   * them (on Linux they choose from /proc/sys/net/ipv4/ip_local_port_range). Other connections get a rule each.
   */
  readonly ephemeral?: readonly [first: number, last: number];
}

/**
 * Keeps the host's kernel from answering for the stack where both have the same address: it knows nothing of the
 * stack's ports, and would reset every connection and call every datagram's port unreachable.
 *
 * *When to use*: only then. With an address of its own on the interface a stack needs no guard.
 *
 * *Gotchas*: each change runs `iptables` and waits for it, about 5 ms; a listener's rule serves all its connections. The
 * rules go when the guard is closed, and when the process ends: by itself, by SIGINT, SIGTERM or SIGHUP, by an uncaught
 * exception. Only SIGKILL leaves them; the next `Guard.open` and {@link guardClear} remove them.
 */
export class Guard implements PortObserver {
  /** The rules that each use of a port holds. */
  private readonly uses = new Map<string, GuardRule[][]>();
  private readonly ranges: GuardRule[] = [];
  private open = true;

  private constructor(
    private readonly addresses: readonly IpAddress[],
    private readonly ephemeral: readonly [number, number] | null,
  ) {}

  /**
   * Removes what dead processes have left, and is ready to guard.
   * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS, GUARD_FAILED, GUARD_EPHEMERAL
   */
  static async open(options: GuardOptions = {}): Promise<Guard> {
    if (options.ephemeral !== undefined) checkEphemeral(options.ephemeral);
    const addresses = options.addresses ?? hostAddresses();
    const guard = new Guard(addresses, options.ephemeral ?? null);
    live.add(guard);
    atTheEnd(closeAll);
    try {
      for (const version of versionsOf(addresses)) {
        sweep(version, (rule) => !rule.alive);
        await prepareChains(version);
      }
      if (options.ephemeral !== undefined) {
        for (const address of addresses) {
          const range = resetsFrom(address, options.ephemeral.join(':'));
          holdRule(range);
          guard.ranges.push(range);
        }
      }
    } catch (error) {
      guard.close();
      throw error;
    }
    return guard;
  }

  /** Stops the kernel's resets from a listener's port, or its refusals of datagrams to one. @throws GUARD_… */
  protectListener(localAddress: IpAddress, localPort: number, protocol: 'tcp' | 'udp' = 'tcp'): void {
    this.opened({ protocol, localAddress, localPort, remoteAddress: null, remotePort: 0 });
  }

  /** Undoes one `protectListener`. */
  releaseListener(localAddress: IpAddress, localPort: number, protocol: 'tcp' | 'udp' = 'tcp'): void {
    this.closed({ protocol, localAddress, localPort, remoteAddress: null, remotePort: 0 });
  }

  /** Stops the kernel's resets to one peer; where a listener's or the ephemeral rule does, that one is held. @throws GUARD_… */
  protectConnection(localAddress: IpAddress, localPort: number, remoteAddress: IpAddress, remotePort: number): void {
    this.opened({ protocol: 'tcp', localAddress, localPort, remoteAddress, remotePort });
  }

  /** Undoes one `protectConnection`. */
  releaseConnection(localAddress: IpAddress, localPort: number, remoteAddress: IpAddress, remotePort: number): void {
    this.closed({ protocol: 'tcp', localAddress, localPort, remoteAddress, remotePort });
  }

  opened(use: PortUse): void {
    if (!this.open) throw fail('GUARD_CLOSED');
    const rules = this.rulesFor(use);
    if (rules.length === 0) return;
    for (const rule of rules) holdRule(rule);
    const key = keyOf(use);
    const uses = this.uses.get(key);
    if (uses === undefined) this.uses.set(key, [rules]);
    else uses.push(rules);
  }

  closed(use: PortUse): void {
    const key = keyOf(use);
    const uses = this.uses.get(key);
    for (const rule of uses?.pop() ?? []) releaseRule(rule);
    if (uses?.length === 0) this.uses.delete(key);
  }

  /** Removes this guard's rules, and the chain and the jump when nobody else's are left. It may be called again. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    live.delete(this);
    if (live.size === 0) notAtTheEnd(closeAll);
    for (const uses of this.uses.values()) for (const rule of uses.flat()) releaseRule(rule);
    for (const rule of this.ranges) releaseRule(rule);
    this.uses.clear();
    this.ranges.length = 0;
    for (const version of versionsOf(this.addresses))
      sweep(version, (rule) => !rule.alive || (live.size === 0 && isOurs(rule)));
  }

  private matching(local: IpAddress | null): readonly IpAddress[] {
    if (local === null || local.isAny) return this.addresses;
    return this.addresses.filter((each) => each.equals(local));
  }

  private rulesFor({ protocol, localAddress, localPort, remoteAddress, remotePort }: PortUse): GuardRule[] {
    return this.matching(localAddress).map((address) => {
      if (protocol === 'udp') return datagramsTo(address, localPort);
      const { ephemeral } = this;
      if (ephemeral !== null && localPort >= ephemeral[0] && localPort <= ephemeral[1]) {
        return resetsFrom(address, ephemeral.join(':'));
      }
      // A connection holds the rule of the listener that it came by, which it may outlive.
      const listening = resetsFrom(address, localPort);
      if (remoteAddress === null || isHeld(listening)) return listening;
      return resetsFrom(address, localPort, remoteAddress, remotePort);
    });
  }
}

function keyOf({ protocol, localAddress, localPort, remoteAddress, remotePort }: PortUse): string {
  return `${protocol} ${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}

/** The host's programs connect from ports of their own; a guard over those would take resets from them. */
function checkEphemeral([first, last]: readonly [number, number]): void {
  let range: string;
  try {
    range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1').trim();
  } catch {
    return;
  }
  const [hostsFirst, hostsLast] = range.split(/\s+/).map(Number);
  if (first > last || (first <= hostsLast && last >= hostsFirst)) {
    throw fail('GUARD_EPHEMERAL', { first, last, hostsFirst, hostsLast });
  }
}

/** The guards of this process. */
const live = new Set<Guard>();

function isOurs({ owner }: GuardedRule): boolean {
  const self = thisProcess();
  return owner.pid === self.pid && owner.started === self.started && owner.namespace === self.namespace;
}

function versionsOf(addresses: readonly IpAddress[]): Set<4 | 6> {
  return new Set(addresses.map(({ version }) => version));
}

function hostAddresses(): IpAddress[] {
  return Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).flatMap(({ address, internal }) =>
      internal || address.includes(':') ? [] : (IpAddress.parse(address) ?? []),
    ),
  );
}

function closeAll(): void {
  for (const guard of live) guard.close();
}

/**
 * The rules of all guards on this host, with their owners. An IP version whose command is missing has none.
 * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS
 */
export function guardStatus(): GuardedRule[] {
  return eachVersion(listRules);
}

/**
 * Removes the rules whose owners no longer run, and what nobody needs any more.
 * @param options.all also the rules of running owners: their connections will be reset.
 * @returns the rules removed.
 * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS
 */
export function guardClear(options: { all?: boolean } = {}): GuardedRule[] {
  return eachVersion((version) => sweep(version, (rule) => options.all === true || !rule.alive));
}

function eachVersion(action: (version: 4 | 6) => GuardedRule[]): GuardedRule[] {
  const four = action(4);
  try {
    filterOf(6);
  } catch {
    return four;
  }
  return [...four, ...action(6)];
}
