import type { Random } from '../random.js';

/** Values that break things: limits of fields, and lengths that lie. */
const EDGES = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/**
 * A damaged copy of `frame`: bits turned, bytes set to limits, cut short, lengthened, pieces moved or repeated. The same
 * source of chance gives the same damage: a failing run is replayed by its seed.
 */
export function mutate(frame: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = frame.slice();
  for (let rounds = 1 + (random.uint32() % 4); rounds > 0; rounds--) bytes = damage(bytes, random);
  return bytes;
}

/** `length` bytes of chance. */
export function noise(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  return bytes;
}

function damage(bytes: Uint8Array, random: Random): Uint8Array {
  const pick = (count: number) => random.uint32() % Math.max(1, count);
  const at = pick(bytes.length);
  switch (pick(6)) {
    case 0:
      if (bytes.length > 0) bytes[at] ^= 1 << pick(8);
      return bytes;
    case 1:
      if (bytes.length > 0) bytes[at] = EDGES[pick(EDGES.length)];
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const longer = new Uint8Array(bytes.length + 1 + pick(64));
      longer.set(bytes);
      random.fill(longer.subarray(bytes.length));
      return longer;
    }
    case 4: {
      // A piece is copied over another place: fields that hold what belongs elsewhere.
      const size = Math.min(1 + pick(8), bytes.length);
      const from = pick(bytes.length - size + 1);
      return bytes.copyWithin(pick(bytes.length - size + 1), from, from + size);
    }
    default:
      random.fill(bytes.subarray(at, at + 1 + pick(4)));
      return bytes;
  }
}
