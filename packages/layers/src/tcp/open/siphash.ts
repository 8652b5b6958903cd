/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) over 32-bit words: the keyed function F of RFC 9293 section 3.4.1. Who
 * does not know the key cannot tell one connection's sequence numbers, ports or cookies from another's.
 */
export class SipHash {
  /** The eight 32-bit halves of v0..v3, low then high. */
  private readonly v = new Int32Array(8);

  /** The high 32 bits of the latest hash. */
  high = 0;

  /** @param key four random 32-bit words: the key's 16 bytes, each four in little-endian order. */
  constructor(private readonly key: Int32Array) {}

  /** The low 32 bits of the hash of `words`, each taken as four bytes in little-endian order. */
  hash(words: ArrayLike<number>): number {
    const { v, key } = this;
    v[0] = key[0] ^ 0x70736575;
    v[1] = key[1] ^ 0x736f6d65;
    v[2] = key[2] ^ 0x6e646f6d;
    v[3] = key[3] ^ 0x646f7261;
    v[4] = key[0] ^ 0x6e657261;
    v[5] = key[1] ^ 0x6c796765;
    v[6] = key[2] ^ 0x79746573;
    v[7] = key[3] ^ 0x74656462;
    let i = 0;
    for (; i + 1 < words.length; i += 2) this.compress(words[i], words[i + 1]);
    const length = (words.length * 4) << 24;
    if (i < words.length) this.compress(words[i], length);
    else this.compress(0, length);
    v[4] ^= 0xff;
    for (let round = 0; round < 4; round++) this.round();
    this.high = v[1] ^ v[3] ^ v[5] ^ v[7];
    return v[0] ^ v[2] ^ v[4] ^ v[6];
  }

  private compress(low: number, high: number): void {
    const { v } = this;
    v[6] ^= low;
    v[7] ^= high;
    this.round();
    this.round();
    v[0] ^= low;
    v[1] ^= high;
  }

  private round(): void {
    const { v } = this;
    add(v, 0, 2);
    rotate(v, 2, 13);
    xor(v, 2, 0);
    swap(v, 0);
    add(v, 4, 6);
    rotate(v, 6, 16);
    xor(v, 6, 4);
    add(v, 0, 6);
    rotate(v, 6, 21);
    xor(v, 6, 0);
    add(v, 4, 2);
    rotate(v, 2, 17);
    xor(v, 2, 4);
    swap(v, 4);
  }
}

function add(v: Int32Array, to: number, from: number): void {
  const low = (v[to] >>> 0) + (v[from] >>> 0);
  v[to] = low | 0;
  v[to + 1] = (v[to + 1] + v[from + 1] + (low > 0xffffffff ? 1 : 0)) | 0;
}

function xor(v: Int32Array, to: number, from: number): void {
  v[to] ^= v[from];
  v[to + 1] ^= v[from + 1];
}

function rotate(v: Int32Array, at: number, bits: number): void {
  const low = v[at];
  const high = v[at + 1];
  v[at] = (low << bits) | (high >>> (32 - bits));
  v[at + 1] = (high << bits) | (low >>> (32 - bits));
}

/** A rotation by 32 bits. */
function swap(v: Int32Array, at: number): void {
  const low = v[at];
  v[at] = v[at + 1];
  v[at + 1] = low;
}
