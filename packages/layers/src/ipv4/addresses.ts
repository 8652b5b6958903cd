import type { Host, IpAddress, NetworkInterface } from '@netwright/core';

/** Which addresses are the stack's own, and which mean everybody. Addresses are 32-bit integers here. */
export class Ipv4Addresses {
  private readonly own = new Set<number>();

  constructor(private readonly host: Host) {}

  /** Reads the interfaces again. */
  refresh(): void {
    this.own.clear();
    for (const each of this.host.interfaces) {
      for (const { address } of each.addresses) if (address.version === 4) this.own.add(address.d);
    }
  }

  /** Whether it is the address of an interface. */
  isOwn(address: number): boolean {
    return this.own.has(address);
  }

  /** The interface with this address, or with the network that holds it. */
  owner(address: IpAddress): NetworkInterface | undefined {
    return (
      this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.address.equals(address))) ??
      this.host.interfaces.find((each) => each.addresses.some((cidr) => cidr.contains(address)))
    );
  }

  /** The address to send from on `via`: one of the network of `hop`, else the first. */
  sourceOn(via: NetworkInterface, hop: IpAddress): IpAddress | undefined {
    let first: IpAddress | undefined;
    for (const each of via.addresses) {
      if (each.address.version !== 4) continue;
      if (each.contains(hop)) return each.address;
      first ??= each.address;
    }
    return first;
  }

  /** Whether it means everybody on the link of `via`: 255.255.255.255 or a network's directed broadcast. */
  isBroadcastOn(address: number, via: NetworkInterface): boolean {
    if (address === -1) return true;
    const { addresses } = via;
    for (let i = 0; i < addresses.length; i++) {
      const { address: own, prefix } = addresses[i];
      if (own.version !== 4 || prefix > 30) continue;
      const hosts = prefix === 0 ? -1 : ~(-1 << (32 - prefix));
      if (address === (own.d | hosts)) return true;
    }
    return false;
  }

  /** Whether it means everybody in the words of 4.2BSD: zeros where others have ones (RFC 1122 section 3.3.6). */
  isZeroBroadcastOn(address: number, via: NetworkInterface): boolean {
    return via.addresses.some(({ address: own, prefix }) => {
      if (own.version !== 4 || prefix > 30) return false;
      return address === 0 || (prefix > 0 && address === (own.d & (-1 << (32 - prefix))));
    });
  }

  /** Whether it means everybody on any of our links. */
  isBroadcast(address: number): boolean {
    return address === -1 || this.host.interfaces.some((each) => this.isBroadcastOn(address, each));
  }
}

/**
 * Whether no packet from the network may have this source (RFC 1122 section 3.2.1.3, RFC 1812 section 5.3.7):
 * 0.0.0.0/8, 127.0.0.0/8, groups, and the reserved addresses above them.
 */
export function isMartianSource(address: number): boolean {
  const net = address >>> 24;
  return net === 0 || net === 127 || net >= 224;
}

/** The same for destinations: groups and 255.255.255.255 are no martians there. */
export function isMartianDestination(address: number): boolean {
  const net = address >>> 24;
  return net === 0 || net === 127 || (net >= 240 && address !== -1);
}
