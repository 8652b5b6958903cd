import type { IpAddress, Stack } from '@netwright/core';
import { isNetwork, type Network, Tcp } from '@netwright/layers';
import type { ActiveHandle } from './active.js';
import { type Anchor, Awake } from './awake.js';
import { fail } from './errors.js';
import { Families } from './family.js';
import type { End } from './handle/end.js';
import { SharedPorts } from './handle/reuse-port.js';
import { LeavingSession, type Linger } from './linger.js';
import { BoundPorts } from './ports.js';
import { immediates, Rounds } from './rounds.js';

const homes = new WeakMap<Stack, Home>();

/** The home of a stack's handles: the program's, where the stack is under the program. @throws NODE_NO_TCP */
export function homeOf(stack: Stack): Home {
  return homes.get(stack) ?? new Home(stack);
}

/** What the handles of one stack share. */
export class Home {
  readonly tcp: Tcp;
  readonly families: Families;
  readonly ports = new BoundPorts();
  readonly sharedPorts: SharedPorts;
  /** Ports on which somebody listens at 0.0.0.0: the ::1 of a stack without IPv6 is not theirs. */
  readonly listening4 = new Set<number>();
  readonly awake: Awake;
  /** Whether what the stack does not reach is reached over the host's own network. */
  elsewhere = false;
  /** Who waits for what peers have not acknowledged, where peers are elsewhere and not in this process. */
  linger: Linger | null = null;
  readonly immediates = immediates;
  /** Handles that are not closed. */
  readonly handles = new Set<ActiveHandle>();

  /**
   * @param rounds where the stack lives on a `ProgramClock`, the clock's.
   * @param anchor of the process.
   * @throws NODE_NO_TCP
   */
  constructor(
    readonly stack: Stack,
    readonly rounds = new Rounds(),
    anchor: Anchor = rounds,
  ) {
    const tcp = stack.layer(Tcp);
    if (tcp === undefined) throw fail('NODE_NO_TCP', { stack: stack.name });
    this.tcp = tcp;
    this.sharedPorts = new SharedPorts(tcp);
    homes.set(stack, this);
    this.awake = new Awake(anchor);
    this.families = new Families(this.network(6) !== undefined);
  }

  /** Closes an end in good order. */
  letGo(end: End): void {
    end.close();
    this.linger?.add(end);
  }

  /** Closes what the program has left open at its end, as the kernel would. The program is told nothing of it. */
  part(): void {
    for (const session of this.tcp.sessions()) {
      session.handler = {};
      session.close();
      this.linger?.add(new LeavingSession(session));
    }
  }

  /** Whether `address` is one of the stack's own. */
  owns(address: IpAddress): boolean {
    return this.network(address.version)?.isLocal(address) === true;
  }

  private network(version: number): Network | undefined {
    return this.stack.layers.filter(isNetwork).find((each) => each.version === version);
  }
}
