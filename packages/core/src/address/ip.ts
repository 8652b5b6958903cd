/**
 * An IPv4 or IPv6 address: four 32-bit words, of which IPv4 uses the last. Immutable; compare with `equals`.
 * Text comes and goes at the edges (manifest, command, application); inside, addresses are compared as numbers.
 */
export class IpAddress {
  /** 0.0.0.0 */
  static readonly any = new IpAddress(4, 0, 0, 0, 0);
  /** 255.255.255.255 */
  static readonly broadcast = new IpAddress(4, 0, 0, 0, 0xffffffff | 0);
  /** :: */
  static readonly any6 = new IpAddress(6, 0, 0, 0, 0);

  private constructor(
    readonly version: 4 | 6,
    /** Words in network order, as signed 32-bit integers. */
    readonly a: number,
    readonly b: number,
    readonly c: number,
    readonly d: number,
  ) {}

  /** An IPv4 address from its 32 bits, signed or not. */
  static v4(bits: number): IpAddress {
    return new IpAddress(4, 0, 0, 0, bits | 0);
  }

  /** An IPv6 address from its four words. */
  static v6(a: number, b: number, c: number, d: number): IpAddress {
    return new IpAddress(6, a | 0, b | 0, c | 0, d | 0);
  }

  /**
   * Reads '10.0.0.1' or 'fe80::1'; IPv4 is four decimal parts without leading zeros, nothing else.
   * @returns undefined when the text is not an address, and may be a name.
   */
  static parse(text: string): IpAddress | undefined {
    return text.includes(':') ? parse6(text) : parse4(text);
  }

  /** Reads the 4 or 16 bytes at `at`. */
  static read(view: DataView, at: number, length: number): IpAddress {
    if (length === 4) return IpAddress.v4(view.getInt32(at));
    return new IpAddress(6, view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
  }

  /** Writes the 4 or 16 bytes at `at`. */
  write(view: DataView, at: number): void {
    if (this.version === 6) {
      view.setInt32(at, this.a);
      view.setInt32(at + 4, this.b);
      view.setInt32(at + 8, this.c);
      at += 12;
    }
    view.setInt32(at, this.d);
  }

  /** Bytes on the wire: 4 or 16. */
  get size(): number {
    return this.version === 4 ? 4 : 16;
  }

  /** Whether the bytes at `at` are this address. */
  isAt(view: DataView, at: number): boolean {
    if (this.version === 4) return view.getInt32(at) === this.d;
    return (
      view.getInt32(at + 12) === this.d &&
      view.getInt32(at + 8) === this.c &&
      view.getInt32(at + 4) === this.b &&
      view.getInt32(at) === this.a
    );
  }

  equals(other: IpAddress): boolean {
    return (
      this.d === other.d &&
      this.c === other.c &&
      this.b === other.b &&
      this.a === other.a &&
      this.version === other.version
    );
  }

  /** 0.0.0.0 or :: */
  get isAny(): boolean {
    return (this.a | this.b | this.c | this.d) === 0;
  }

  /** 224.0.0.0/4 or ff00::/8. */
  get isMulticast(): boolean {
    return this.version === 4 ? this.d >>> 28 === 0xe : this.a >>> 24 === 0xff;
  }

  /** 255.255.255.255; the directed broadcast of a network is known to its interface. */
  get isBroadcast(): boolean {
    return this.version === 4 && this.d === -1;
  }

  /** 127.0.0.0/8 or ::1. */
  get isLoopback(): boolean {
    return this.version === 4 ? this.d >>> 24 === 127 : (this.a | this.b | this.c) === 0 && this.d === 1;
  }

  toString(): string {
    return this.version === 4 ? format4(this.d) : format6(this);
  }
}

/** '10.0.0.1' from 32 bits. */
function format4(bits: number): string {
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

function parse4(text: string): IpAddress | undefined {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) return undefined;
  let bits = 0;
  for (const part of match.slice(1)) {
    if (Number(part) > 255) return undefined;
    bits = (bits << 8) | Number(part);
  }
  return IpAddress.v4(bits);
}

function parse6(text: string): IpAddress | undefined {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail !== null) {
    const v4 = parse4(tail[2]);
    if (v4 === undefined) return undefined;
    text = `${tail[1]}${(v4.d >>> 16).toString(16)}:${(v4.d & 0xffff).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const count = groups.reduce((sum, half) => sum + half.length, 0);
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  if (halves.length === 2) groups.splice(1, 0, new Array(8 - count).fill('0'));
  const words = groups.flat();
  if (!words.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return undefined;
  const n = words.map((word) => Number.parseInt(word, 16));
  return IpAddress.v6((n[0] << 16) | n[1], (n[2] << 16) | n[3], (n[4] << 16) | n[5], (n[6] << 16) | n[7]);
}

/** RFC 5952: the longest run of zero groups, at least two, becomes '::'. */
function format6(address: IpAddress): string {
  const groups: number[] = [];
  for (const word of [address.a, address.b, address.c, address.d]) groups.push(word >>> 16, word & 0xffff);
  let best = 0;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > length) [best, length] = [i, j - i];
    if (j > i) i = j;
  }
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + length).join(':')}`;
}
