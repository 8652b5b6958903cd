import type { Packet } from '@netwright/core';

const ETHERNET = 14;
const IPV4 = 0x0800;
const TCP = 6;

/** Whether a frame is a TCP segment over IPv4 that carries data. */
export function isData({ view, start, end }: Packet): boolean {
  if (end - start < ETHERNET + 40 || view.getUint16(start + 12) !== IPV4) return false;
  const ip = start + ETHERNET;
  if (view.getUint8(ip + 9) !== TCP) return false;
  const tcp = ip + (view.getUint8(ip) & 15) * 4;
  // The frame may be filled up: IP's total length counts.
  return view.getUint16(ip + 2) > tcp - ip + (view.getUint8(tcp + 12) >> 4) * 4;
}

/**
 * Which data frames are lost: a function of the seed and of how many there were before, and of nothing else. Every
 * sender meets the same pattern, whatever it sends when.
 */
export class LossPattern {
  frames = 0;
  lost = 0;
  private readonly limit: number;

  /** @param share of the frames, 0 to 1. */
  constructor(
    private readonly seed: number,
    share: number,
  ) {
    this.limit = share * 2 ** 32;
  }

  /** Whether the next data frame is lost. */
  loses(): boolean {
    const loses = mix(this.seed, this.frames++) < this.limit;
    if (loses) this.lost++;
    return loses;
  }
}

/** Thirty-two bits that look like chance, of two numbers (the finalizer of MurmurHash3, twice). */
function mix(seed: number, index: number): number {
  return finalize(finalize(Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) ^ index);
}

function finalize(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
