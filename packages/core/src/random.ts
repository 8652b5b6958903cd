import { token } from './token.js';

/** Chance, as everything in the stack sees it. */
export interface Random {
  /** 0 .. 2^32 - 1. */
  uint32(): number;
  /** 0 <= x < 1. */
  float(): number;
  /** Fills `out`. */
  fill(out: Uint8Array): void;
  /** An independent source for `purpose`: drawing from it does not move this one. */
  fork(purpose: string): Random;
}

/** Chance. */
export const RANDOM = token<Random>('random', {
  scope: 'stack',
  contract: 'Random',
  fallback: 'SystemRandom (a lab run binds SeededRandom)',
  changes: 'every draw: initial sequence numbers, ports, identifiers, jitter, impairments',
});

/** The host's cryptographic source. */
export class SystemRandom implements Random {
  private readonly words = new Uint32Array(64);
  private left = 0;

  uint32(): number {
    if (this.left === 0) {
      crypto.getRandomValues(this.words);
      this.left = this.words.length;
    }
    return this.words[--this.left];
  }

  float(): number {
    return this.uint32() / 0x100000000;
  }

  fill(out: Uint8Array): void {
    for (let i = 0; i < out.length; i += 65536)
      crypto.getRandomValues(out.subarray(i, i + 65536) as Uint8Array<ArrayBuffer>);
  }

  fork(): Random {
    return new SystemRandom();
  }
}

/**
 * The same numbers for the same seed, on every machine: xoshiro128** (Blackman and Vigna, 2018). Not for secrets.
 */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private readonly name: string;

  /** @param seed a number or any text; a fork's seed is its parent's seed and its purpose. */
  constructor(seed: number | string) {
    this.name = String(seed);
    let hash = fnv1a(this.name);
    // splitmix32 spreads the hash over the four words of state, which must not all be zero.
    const next = () => {
      hash = (hash + 0x9e3779b9) | 0;
      let z = hash ^ (hash >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1;
  }

  uint32(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.b, 5), 7), 9) >>> 0;
    const t = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= t;
    this.d = rotate(this.d, 11);
    return scrambled;
  }

  float(): number {
    return this.uint32() / 0x100000000;
  }

  fill(out: Uint8Array): void {
    for (let i = 0; i < out.length; i++) out[i] = this.uint32() & 0xff;
  }

  fork(purpose: string): Random {
    return new SeededRandom(`${this.name}/${purpose}`);
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
