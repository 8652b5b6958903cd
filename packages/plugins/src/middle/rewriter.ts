/** What a rewriter may do to the bytes that it is shown. */
export interface Rewriting {
  /**
   * Replaces `removed` bytes at `at`, an offset in what is shown, by `put`; calls go from the front to the back.
   * Nothing is replaced where too many edits have been made, or nothing is shown to put bytes beside.
   */
  replace(at: number, removed: number, put: Uint8Array): void;
}

/** Reads a stream on its way, in order, each byte once, and says what is to be changed in it. */
export interface Rewriter {
  /**
   * @param bytes what nobody has decided on yet. @param over true where no more will be waited for: all must be decided.
   * @returns how many of the bytes are decided. The others are shown again, with more behind them.
   */
  look(bytes: Uint8Array, over: boolean, rewriting: Rewriting): number;
}

/** One text for another. */
export interface Substitution {
  readonly find: Uint8Array;
  readonly put: Uint8Array;
  /** How often at most. */
  readonly times: number;
}

/**
 * Puts one text in the place of another, wherever the segments were cut: what may be the beginning of a text that is
 * sought is held back until it is known.
 */
export class Substitutions implements Rewriter {
  /** How often each was made. */
  readonly made: number[];

  /** @param list the first that fits at a place is made. */
  constructor(private readonly list: readonly Substitution[]) {
    this.made = list.map(() => 0);
  }

  look(bytes: Uint8Array, over: boolean, rewriting: Rewriting): number {
    let at = 0;
    while (at < bytes.length) {
      const which = this.list.findIndex((each, i) => this.made[i] < each.times && matches(each.find, bytes, at, over));
      if (which < 0) {
        at++;
        continue;
      }
      const { find, put } = this.list[which];
      if (at + find.length > bytes.length) return at;
      rewriting.replace(at, find.length, put);
      this.made[which]++;
      at += find.length;
    }
    return at;
  }
}

/** Whether a text stands at `at`; where the bytes end early and more may come, whether it may stand there. */
function matches(find: Uint8Array, bytes: Uint8Array, at: number, over: boolean): boolean {
  const there = Math.min(find.length, bytes.length - at);
  if (over && there < find.length) return false;
  for (let i = 0; i < there; i++) if (bytes[at + i] !== find[i]) return false;
  return true;
}
