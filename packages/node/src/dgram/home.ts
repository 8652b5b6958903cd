import type { Stack } from '@netwright/core';
import { isNetwork, Udp } from '@netwright/layers';
import { Awake } from '../awake.js';
import { fail } from '../errors.js';
import { Families } from '../family.js';
import { Rounds } from '../rounds.js';

/** What handles of one stack share, whichever face made it. */
export interface Household {
  readonly stack: Stack;
  readonly families: Families;
  readonly awake: Awake;
  readonly rounds: Pick<Rounds, 'tell'>;
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
    found = { stack, families: new Families(has6), awake: new Awake(), rounds: new Rounds() };
    households.set(stack, found);
  }
  return found;
}

/** The same with its udp layer. @throws NODE_NO_UDP */
export function datagramHome({ stack, families, awake, rounds }: Household): DatagramHome {
  const udp = stack.layer(Udp);
  if (udp === undefined) throw fail('NODE_NO_UDP', { stack: stack.name });
  return { stack, families, awake, rounds, udp };
}
