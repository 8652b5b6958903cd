import { IpAddress } from './ip.js';

/** A network, or an address within its network: '10.0.0.1/24'. */
export class Cidr {
  constructor(
    readonly address: IpAddress,
    /** Bits of the network part. */
    readonly prefix: number,
  ) {}

  /** Reads '10.0.0.1/24'; an address alone is a network of one. @returns undefined when the text is neither. */
  static parse(text: string): Cidr | undefined {
    const [address, prefix, ...more] = text.split('/');
    const ip = IpAddress.parse(address);
    if (ip === undefined || more.length > 0) return undefined;
    const bits = ip.version === 4 ? 32 : 128;
    if (prefix === undefined) return new Cidr(ip, bits);
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined;
    return new Cidr(ip, Number(prefix));
  }

  /** Whether `ip` lies in the network. */
  contains(ip: IpAddress): boolean {
    const own = this.address;
    if (ip.version !== own.version) return false;
    if (own.version === 4) return ((ip.d ^ own.d) & mask(this.prefix)) === 0;
    return (
      ((ip.a ^ own.a) & mask(this.prefix)) === 0 &&
      ((ip.b ^ own.b) & mask(this.prefix - 32)) === 0 &&
      ((ip.c ^ own.c) & mask(this.prefix - 64)) === 0 &&
      ((ip.d ^ own.d) & mask(this.prefix - 96)) === 0
    );
  }

  /** The directed broadcast address of an IPv4 network (RFC 1122 section 3.2.1.3); undefined for /31, /32 and IPv6. */
  get broadcast(): IpAddress | undefined {
    if (this.address.version !== 4 || this.prefix > 30) return undefined;
    return IpAddress.v4(this.address.d | ~mask(this.prefix));
  }

  toString(): string {
    return `${this.address}/${this.prefix}`;
  }
}

/** A 32-bit word with its first `bits` bits set; 0 for less than none, all for more than 32. */
function mask(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}
