import type { Stack } from '@netwright/core';
import { isNetwork, Udp } from '@netwright/layers';
import type { ActiveHandle } from '../active.js';
import { Awake } from '../awake.js';
import { fail } from '../errors.js';
import { Families } from '../family.js';
import { Rounds } from '../rounds.js';

/** What handles of one stack share, whichever face made it. */
export interface Household {
  readonly stack: Stack;
  readonly families: Families;
  readonly awake: Awake;
  /** Handles that are not closed, where somebody lists them. */
  readonly handles?: Set<ActiveHandle>;
  readonly rounds: Pick<Rounds, 'tell' | 'tellNext' | 'settle'>;
  /** Whether what the stack does not reach is reached over the host's own network. */
  readonly elsewhere?: boolean;
}

/** What the datagram handles of one stack share. */
export interface DatagramHome extends Household {
  readonly udp: Udp;
}

const households = new WeakMap<Stack, Household>();

/** The household of a stack: always the same one. */
export function householdOf(stack: Stack): Household {
  let found = households.get(stack);
  if (found === undefined) {
    const has6 = stack.layers.some((each) => isNetwork(each) && each.version === 6);
    const rounds = new Rounds();
    found = { stack, families: new Families(has6), awake: new Awake(rounds), rounds };
    households.set(stack, found);
  }
  return found;
}

/** The same with its udp layer. @throws NODE_NO_UDP */
export function datagramHome(household: Household): DatagramHome {
  const { stack, families, awake, rounds, handles, elsewhere = false } = household;
  const udp = stack.layer(Udp);
  if (udp === undefined) throw fail('NODE_NO_UDP', { stack: stack.name });
  return { stack, families, awake, rounds, ...(handles && { handles }), elsewhere, udp };
}
