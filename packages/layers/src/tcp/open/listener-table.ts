import type { IpAddress, Packet } from '@netwright/core';
import type { Listener } from './listen.js';

/** Who listens where: by port, and of those on one port the one that names the address goes before those that take all. */
export class ListenerTable {
  private readonly byPort = new Map<number, Listener[]>();

  /** Who takes what was sent to `port` by `packet`, or null. */
  find(packet: Packet, port: number): Listener | null {
    const listeners = this.byPort.get(port);
    if (listeners === undefined) return null;
    let any: Listener | null = null;
    for (const each of listeners) {
      if (each.address === null || (each.address.isAny && each.address.size === packet.addressLength)) any = each;
      else if (each.address.size === packet.addressLength && each.address.isAt(packet.view, packet.destinationAt))
        return each;
    }
    return any;
  }

  /** Whether nobody listens on `port`, on `address` or, where that is null, on any. */
  isPortFree(port: number, address: IpAddress | null): boolean {
    const listeners = this.byPort.get(port) ?? [];
    return !listeners.some((each) => overlap(each.address, address));
  }

  /** Whether somebody listens on `port`, on whatever address. */
  has(port: number): boolean {
    return this.byPort.has(port);
  }

  add(listener: Listener): void {
    const same = this.byPort.get(listener.port);
    if (same === undefined) this.byPort.set(listener.port, [listener]);
    else same.push(listener);
  }

  remove(listener: Listener): void {
    const rest = (this.byPort.get(listener.port) ?? []).filter((each) => each !== listener);
    if (rest.length > 0) this.byPort.set(listener.port, rest);
    else this.byPort.delete(listener.port);
  }

  /** All of them; they may be removed meanwhile. */
  all(): Listener[] {
    return [...this.byPort.values()].flat();
  }
}

/** Whether a destination may fit both; null is every address, 0.0.0.0 every one of IPv4, :: every one of IPv6. */
function overlap(one: IpAddress | null, other: IpAddress | null): boolean {
  if (one === null || other === null || one.equals(other)) return true;
  return one.version === other.version && (one.isAny || other.isAny);
}
