/** A message as bits, most significant first, with its length in two bytes in front; behind its end there are zeros. */
export class BitSource {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(message: string) {
    const text = new TextEncoder().encode(message);
    this.bytes = Uint8Array.of(text.length >>> 8, text.length & 0xff, ...text);
  }

  get done(): boolean {
    return this.at >= 8 * this.bytes.length;
  }

  /** The next `count` bits, at most 32, as a number. */
  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.at++) {
      const byte = this.bytes[this.at >>> 3] ?? 0;
      value = ((value << 1) | ((byte >>> (7 - (this.at & 7))) & 1)) >>> 0;
    }
    return value;
  }
}

/** Bits put together to the message that they are. */
export class BitSink {
  private readonly bytes: number[] = [];
  private bits = 0;

  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--, this.bits++) {
      if ((this.bits & 7) === 0) this.bytes.push(0);
      this.bytes[this.bits >>> 3] |= ((value >>> i) & 1) << (7 - (this.bits & 7));
    }
  }

  /** The message; null while it is not all there. */
  get message(): string | null {
    const [high, low] = this.bytes;
    if (this.bytes.length < 2 || this.bits < 16 + 8 * ((high << 8) | low)) return null;
    return new TextDecoder().decode(Uint8Array.from(this.bytes.slice(2, 2 + ((high << 8) | low))));
  }
}
