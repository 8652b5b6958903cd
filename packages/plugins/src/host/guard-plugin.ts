import { networkInterfaces } from 'node:os';
import {
  APPLICATION,
  type Application,
  type ApplicationContext,
  type ApplicationFactory,
  definePlugin,
  type IpAddress,
  implementation,
} from '@netwright/core';
import type { PortObserver } from '@netwright/layers';
import { z } from 'zod';
import { Guard } from './guard.js';

/** A layer that tells which ports it uses. */
interface PortUser {
  readonly observers: Set<PortObserver>;
}

const guardOptions = z.strictObject({
  /** Local ports that the stack connects from: one rule serves them all. */
  ephemeral: z.tuple([z.number().int().min(1).max(65535), z.number().int().min(1).max(65535)]).optional(),
});

/**
 * Guards a stack for as long as it runs. List it before the applications that it is to guard: they start after it. It
 * goes when the stack has stopped, since connections are closed last of all.
 */
class GuardApplication implements Application {
  private guard: Guard | null = null;
  private readonly watched: PortUser[] = [];

  constructor(
    private readonly context: ApplicationContext,
    private readonly ephemeral: [number, number] | undefined,
  ) {}

  async start(): Promise<void> {
    const { stack, print } = this.context;
    const addresses = sharedWithHost(
      stack.host.interfaces.flatMap((each) => each.addresses.map((cidr) => cidr.address)),
    );
    if (addresses.length === 0) {
      print('guard: the stack has no address in common with the host; nothing to guard');
      return;
    }
    const guard = await Guard.open({ addresses, ephemeral: this.ephemeral });
    this.guard = guard;
    stack.events.once('stopped', () => this.end());
    for (const layer of stack.layers) {
      if (!isPortUser(layer)) continue;
      layer.observers.add(guard);
      this.watched.push(layer);
    }
    print(`guard: the kernel is silent on the stack's ports of ${addresses.join(', ')}`);
  }

  private end(): void {
    if (this.guard === null) return;
    for (const { observers } of this.watched) observers.delete(this.guard);
    this.guard.close();
  }
}

/** Those of the addresses that the host's kernel answers for too. */
function sharedWithHost(addresses: readonly IpAddress[]): IpAddress[] {
  const host = new Set(
    Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address)),
  );
  return addresses.filter((address) => host.has(address.toString()));
}

function isPortUser(layer: object): layer is PortUser {
  return 'observers' in layer && layer.observers instanceof Set;
}

/** `applications: [{ use: guard, ephemeral: [61000, 65535] }, …]` */
export const guard = implementation<ApplicationFactory, z.output<typeof guardOptions>>({
  name: 'guard',
  token: APPLICATION,
  summary: "Keeps the host's kernel from answering for the stack where they have an address in common.",
  options: guardOptions,
  provide: ({ ephemeral }) => ({ value: (context) => new GuardApplication(context, ephemeral) }),
});

/** The guard. */
export const guardPlugin = definePlugin({
  name: 'guard',
  version: '0.1.0',
  summary: 'Shares an address between the stack and the host.',
  implementations: [guard],
});
