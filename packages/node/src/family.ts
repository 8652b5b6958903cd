import { IpAddress } from '@netwright/core';

/** The versions of IP, as a handle is opened for one of them. */
export type Version = 4 | 6;

/** What Node's handles fill in for `getsockname` and `getpeername`. */
export interface SocketName {
  address?: string;
  family?: 'IPv4' | 'IPv6';
  port?: number;
}

/** One end of a connection, or where a handle listens. */
export interface Place {
  readonly address: IpAddress;
  readonly port: number;
}

/** 127.0.0.1 and ::1 */
const LOOPBACK_4 = IpAddress.v4(0x7f000001);
const LOOPBACK_6 = IpAddress.v6(0, 0, 0, 1);
/** What stands for ::1 in a stack without IPv6: an address of the loopback network that nobody else uses. */
const STANDS_FOR_LOOPBACK_6 = IpAddress.v4(0x7ffe0601);
/** ::ffff:0:0/96 (RFC 4291 section 2.5.5.2) */
const MAPPED = 0xffff;

/**
 * The addresses of a program's two families on a stack: what a socket of IPv6 calls its peers of IPv4, as Linux has
 * it, and how a stack without IPv6 still has a ::1.
 */
export class Families {
  /** @param has6 whether the stack has an IPv6 layer. */
  constructor(readonly has6: boolean) {}

  /** What a program gave to a handle of `version`; undefined where it is no address of that family. */
  read(text: string, version: Version): IpAddress | undefined {
    // The zone of fe80::1%eth0 chooses an interface; the address is what stands before it.
    const zone = version === 6 ? text.indexOf('%') : -1;
    const address = IpAddress.parse(zone < 0 ? text : text.slice(0, zone));
    return address?.version === version ? address : undefined;
  }

  /** The address that the stack knows it by: a mapped one is of IPv4. */
  toStack(address: IpAddress): IpAddress {
    if (address.version === 4) return address;
    if (isMapped(address)) return IpAddress.v4(address.d);
    return !this.has6 && address.equals(LOOPBACK_6) ? STANDS_FOR_LOOPBACK_6 : address;
  }

  /** The same for where to connect: to no address in particular is to this host (what Linux does). */
  destination(address: IpAddress): IpAddress {
    if (!address.isAny) return this.toStack(address);
    return this.toStack(address.version === 4 ? LOOPBACK_4 : LOOPBACK_6);
  }

  /**
   * Where a handle that is bound to `address` listens: null is every address of both versions.
   * @param only6 whether :: leaves IPv4 alone (IPV6_V6ONLY).
   */
  listening(address: IpAddress, only6: boolean): IpAddress | null {
    if (address.version === 4 || !address.isAny) return this.toStack(address);
    if (!only6) return null;
    return this.has6 ? address : STANDS_FOR_LOOPBACK_6;
  }

  /** Whether an address is IPv6's in a program's eyes. */
  isOf6(address: IpAddress): boolean {
    return address.version === 6 || (!this.has6 && address.equals(STANDS_FOR_LOOPBACK_6));
  }

  /** How a handle of `version` calls an address of the stack. */
  show({ address, port }: Place, version: Version, into: SocketName): void {
    into.address = version === 4 ? address.toString() : this.name6(address);
    into.family = version === 4 ? 'IPv4' : 'IPv6';
    into.port = port;
  }

  private name6(address: IpAddress): string {
    if (this.isOf6(address)) return (address.version === 6 ? address : LOOPBACK_6).toString();
    return `::ffff:${address}`;
  }
}

function isMapped(address: IpAddress): boolean {
  return (address.a | address.b) === 0 && address.c === MAPPED;
}
