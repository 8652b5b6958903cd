/** An Ethernet address (EUI-48). Immutable; compare with `equals`. */
export class MacAddress {
  /** ff:ff:ff:ff:ff:ff */
  static readonly broadcast = new MacAddress(0xffff, 0xffffffff);
  /** 00:00:00:00:00:00 */
  static readonly zero = new MacAddress(0, 0);

  private constructor(
    /** The first two bytes. */
    readonly high: number,
    /** The last four bytes. */
    readonly low: number,
  ) {}

  /** From its first 16 and its last 32 bits. */
  static of(high16: number, low32: number): MacAddress {
    return new MacAddress(high16 & 0xffff, low32 >>> 0);
  }

  /** Reads '02:00:00:00:00:01' or with dashes. @returns undefined when the text is not an Ethernet address. */
  static parse(text: string): MacAddress | undefined {
    const match =
      /^([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})$/i.exec(
        text,
      );
    if (match === null) return undefined;
    const bytes = match.slice(1).map((hex) => Number.parseInt(hex, 16));
    return new MacAddress(
      bytes[0] * 256 + bytes[1],
      ((bytes[2] << 24) | (bytes[3] << 16) | (bytes[4] << 8) | bytes[5]) >>> 0,
    );
  }

  /** Reads the six bytes at `at`. */
  static read(view: DataView, at: number): MacAddress {
    return new MacAddress(view.getUint16(at), view.getUint32(at + 2));
  }

  /** A locally administered unicast address made from 40 bits: what a stack without a card of its own uses. */
  static local(high8: number, low32: number): MacAddress {
    return new MacAddress(0x0200 | (high8 & 0xff), low32 >>> 0);
  }

  /** Writes the six bytes at `at`. */
  write(view: DataView, at: number): void {
    view.setUint16(at, this.high);
    view.setUint32(at + 2, this.low);
  }

  /** Whether the six bytes at `at` are this address. */
  isAt(view: DataView, at: number): boolean {
    return view.getUint32(at + 2) === this.low && view.getUint16(at) === this.high;
  }

  equals(other: MacAddress): boolean {
    return this.low === other.low && this.high === other.high;
  }

  /** Group bit: multicast or broadcast. */
  get isGroup(): boolean {
    return (this.high & 0x0100) !== 0;
  }

  toString(): string {
    const hex = this.high.toString(16).padStart(4, '0') + this.low.toString(16).padStart(8, '0');
    return hex.replace(/(..)(?=.)/g, '$1:');
  }
}
