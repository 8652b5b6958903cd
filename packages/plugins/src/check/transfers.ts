import type { Transfer } from '@netwright/core';

/** One end of a connection, and whose it is. */
export interface End {
  readonly node: string;
  readonly transfer: Transfer;
}

/** Two ends of one connection; `far` is null where no application of the lab has the other one. */
export interface Pair {
  readonly near: End;
  readonly far: End | null;
}

/** Puts the ends of connections together; of those between the same two ports the last ones belong together. */
export function pairs(ends: readonly End[]): Pair[] {
  const waiting = new Map<string, End[]>();
  const found: Pair[] = [];
  for (const near of [...ends].reverse()) {
    const { local, remote } = near.transfer;
    const far = waiting.get(`${remote} ${local}`)?.shift();
    if (far !== undefined) {
      found.push({ near, far });
      continue;
    }
    const key = `${local} ${remote}`;
    waiting.set(key, [...(waiting.get(key) ?? []), near]);
  }
  for (const left of waiting.values()) for (const near of left) found.push({ near, far: null });
  return found.reverse();
}

/** What is wrong with what went from one end to the other; null where nothing is. */
export function misdelivery(from: Transfer, to: Transfer): string | null {
  const { sent } = from;
  const { received } = to;
  if (received > sent) return `${received} bytes arrived, and ${sent} were sent`;
  if (to.receivedDigest !== from.sentDigest(received))
    return `the ${received} bytes that arrived are not those that were sent`;
  if (to.receivedEnd && !from.ended) return `the end arrived behind ${received} bytes, and the sender has not ended`;
  if (to.receivedEnd && received < sent) return `the end arrived behind ${received} bytes of ${sent}`;
  // Its own end was acknowledged, and so all before it was; the other end has had to hand it over.
  if (from.outcome === 'complete' && to.outcome === 'complete' && received < sent) {
    return `both ends closed in order, and of ${sent} bytes ${received} arrived`;
  }
  return null;
}
