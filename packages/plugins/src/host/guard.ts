import { networkInterfaces } from 'node:os';
import { IpAddress } from '@netwright/core';
import { fail } from '../errors.js';
import { thisProcess } from './owner.js';
import {
  datagramsTo,
  filterOf,
  type GuardedRule,
  type GuardRule,
  holdRule,
  listRules,
  prepareChains,
  releaseRule,
  resetsFrom,
  sweep,
} from './rules.js';

/**
 * What a transport tells of the ports it uses. `remote` and `remotePort` are null for a listener or an unconnected
 * socket; `local` is 0.0.0.0 or :: for one on every address.
 */
export interface PortUse {
  opened(
    protocol: 'tcp' | 'udp',
    local: IpAddress,
    localPort: number,
    remote: IpAddress | null,
    remotePort: number | null,
  ): void;
  /** The same values as `opened` got; nothing more will be sent from or expected at this port pair. */
  closed(
    protocol: 'tcp' | 'udp',
    local: IpAddress,
    localPort: number,
    remote: IpAddress | null,
    remotePort: number | null,
  ): void;
}

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
export class Guard implements PortUse {
  private readonly rules = new Map<string, GuardRule[]>();
  private readonly ranges: GuardRule[] = [];
  private open = true;

  private constructor(
    private readonly addresses: readonly IpAddress[],
    private readonly ephemeral: readonly [number, number] | null,
  ) {}

  /**
   * Removes what dead processes have left, and is ready to guard.
   * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS, GUARD_FAILED
   */
  static async open(options: GuardOptions = {}): Promise<Guard> {
    const addresses = options.addresses ?? hostAddresses();
    const guard = new Guard(addresses, options.ephemeral ?? null);
    live.add(guard);
    watchTheEnd();
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

  /** Whether the guard has anything to do for this address. */
  guards(address: IpAddress): boolean {
    return this.matching(address).length > 0;
  }

  /** Stops the kernel's resets from a listener's port; hold it until its last connection is gone. @throws GUARD_… */
  protectListener(address: IpAddress, port: number): void {
    this.opened('tcp', address, port, null, null);
  }

  /** Undoes one `protectListener`. */
  releaseListener(address: IpAddress, port: number): void {
    this.closed('tcp', address, port, null, null);
  }

  /** Stops the kernel's resets to one peer; without effect where a listener's or the ephemeral rule does. @throws GUARD_… */
  protectConnection(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): void {
    this.opened('tcp', local, localPort, remote, remotePort);
  }

  /** Undoes one `protectConnection`. */
  releaseConnection(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): void {
    this.closed('tcp', local, localPort, remote, remotePort);
  }

  opened(
    protocol: 'tcp' | 'udp',
    local: IpAddress,
    localPort: number,
    remote: IpAddress | null,
    remotePort: number | null,
  ): void {
    if (!this.open) throw fail('GUARD_CLOSED');
    const key = `${protocol} ${local} ${localPort} ${remote} ${remotePort}`;
    const rules = this.rulesFor(protocol, local, localPort, remote, remotePort);
    for (const rule of rules) holdRule(rule);
    const before = this.rules.get(key);
    this.rules.set(key, before === undefined ? rules : [...before, ...rules]);
  }

  closed(
    protocol: 'tcp' | 'udp',
    local: IpAddress,
    localPort: number,
    remote: IpAddress | null,
    remotePort: number | null,
  ): void {
    const key = `${protocol} ${local} ${localPort} ${remote} ${remotePort}`;
    const rules = this.rules.get(key);
    if (rules === undefined) return;
    const kept = rules.length - this.matching(local).length;
    for (const rule of rules.splice(Math.max(0, kept))) releaseRule(rule);
    if (rules.length === 0) this.rules.delete(key);
  }

  /** Removes this guard's rules, and the chain and the jump when nobody else's are left. It may be called again. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    live.delete(this);
    for (const rules of this.rules.values()) for (const rule of rules) releaseRule(rule);
    for (const rule of this.ranges) releaseRule(rule);
    this.rules.clear();
    this.ranges.length = 0;
    for (const version of versionsOf(this.addresses))
      sweep(version, (rule) => !rule.alive || (live.size === 0 && isOurs(rule)));
  }

  private matching(local: IpAddress): readonly IpAddress[] {
    return this.addresses.filter((each) => (local.isAny ? each.version === local.version : each.equals(local)));
  }

  private rulesFor(
    protocol: 'tcp' | 'udp',
    local: IpAddress,
    port: number,
    remote: IpAddress | null,
    remotePort: number | null,
  ): GuardRule[] {
    return this.matching(local).map((address) => {
      if (protocol === 'udp') return datagramsTo(address, port);
      const ephemeral = this.ephemeral;
      if (ephemeral !== null && port >= ephemeral[0] && port <= ephemeral[1]) {
        return resetsFrom(address, ephemeral.join(':'));
      }
      if (remote === null || remotePort === null || this.listens(address, port)) return resetsFrom(address, port);
      return resetsFrom(address, port, remote, remotePort);
    });
  }

  /** Whether a listener's rule is held for the port: its connections then hold the same one, and outlive it. */
  private listens(address: IpAddress, port: number): boolean {
    const any = address.version === 4 ? IpAddress.any : IpAddress.any6;
    return [address, any].some((each) => this.rules.has(`tcp ${each} ${port} null null`));
  }
}

/** The guards of this process. */
const live = new Set<Guard>();
let watching = false;

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

/** However the process ends, the rules go first. 'exit' covers its own end and uncaught exceptions. */
function watchTheEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', closeAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const onSignal = () => {
      // A program that handles the signal closes its stacks first, and they need the guard until then: it goes at 'exit'.
      if (process.listenerCount(signal) > 1) return;
      closeAll();
      process.removeListener(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
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
