import type { AnyToken } from './token.js';

/**
 * Why a frame was sent: one constant object for each cause, set on the packet where it is made. Its name is what a
 * watcher reads ('tcp.retransmit.rto'), its tokens are the behaviours that decided it.
 */
export interface Reason {
  readonly name: string;
  readonly tokens: readonly AnyToken[];
}

/** Names the implementation that stands behind a token: a scope of the stack does. */
export interface Decider {
  /** For instance 'isn.fixed of plugin variations, demo.yaml:12:7'; null where the default decides. */
  decidedBy(token: AnyToken): string | null;
}

const reasons = new Map<string, Reason>();

/**
 * Declares a reason. Call it once, at the top of a layer's `reasons.ts`.
 * @param name dotted, the layer first: 'arp.reply'.
 * @param tokens the behaviours that decide whether and how the packet is sent.
 */
export function reason(name: string, ...tokens: AnyToken[]): Reason {
  const made: Reason = { name, tokens };
  reasons.set(name, made);
  return made;
}

/** Every reason that has been declared, by name: the documentation is made from it. */
export function allReasons(): readonly Reason[] {
  return [...reasons.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What a watcher prints for a packet: 'tcp.synack (tcp.isn: isn.fixed, demo.yaml:12:7)'. */
export function explain(why: Reason | null, decider: Decider | null): string {
  if (why === null) return 'no reason given';
  const overridden: string[] = [];
  if (decider !== null) {
    for (const token of why.tokens) {
      const by = decider.decidedBy(token);
      if (by !== null) overridden.push(`${tokenLabel(token)}: ${by}`);
    }
  }
  return overridden.length === 0 ? why.name : `${why.name} (${overridden.join('; ')})`;
}

function tokenLabel(token: AnyToken): string {
  return token.description?.replace(/^netwright:/, '') ?? String(token);
}
