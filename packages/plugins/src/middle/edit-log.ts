/** One edit of a stream: `removed` bytes at `at` give way to `put`. */
export interface Edit {
  /** Offset in the stream as it was sent. */
  readonly at: number;
  /** Bytes taken out; 0 where `put` is only added. */
  readonly removed: number;
  readonly put: Uint8Array;
  /** Where it begins in the stream as it is received. */
  readonly from: number;
  /** How far what lies behind it has moved. */
  readonly shift: number;
}

/**
 * What was done to a stream, by place: the map between the offsets of what one end sends and what the other receives.
 * A retransmission is rewritten from it as its first transmission was, however it is cut.
 *
 * Every offset of the one stream has its image in the other, and images never go back. Bytes that were added belong to
 * the byte before them, so that they are sent again with it, and it counts as received when they are.
 */
export class EditLog {
  private readonly edits: Edit[] = [];
  /** How far those that are forgotten have moved what lies behind them. */
  private base = 0;

  /** How many edits there are. */
  get count(): number {
    return this.edits.length;
  }

  /** Whether both streams are the same up to now, place by place. */
  get nothing(): boolean {
    return this.edits.length === 0 && this.base === 0;
  }

  /** How far the end of the stream has moved. */
  get shift(): number {
    const { edits } = this;
    return edits.length === 0 ? this.base : edits[edits.length - 1].shift;
  }

  /**
   * Notes that `removed` bytes at `at` give way to `put`.
   * @throws RangeError when it lies before the end of an earlier edit.
   */
  replace(at: number, removed: number, put: Uint8Array): Edit {
    const last = this.edits[this.edits.length - 1];
    if (removed < 0 || (last !== undefined && at < last.at + last.removed)) {
      throw new RangeError(`an edit of ${removed} bytes at ${at} does not follow the earlier ones`);
    }
    const { shift } = this;
    const edit: Edit = { at, removed, put, from: at + shift, shift: shift + put.length - removed };
    this.edits.push(edit);
    return edit;
  }

  /**
   * Forgets the edits before `sent` of the one stream and `received` of the other, which nobody will ask for in earnest:
   * both ends have them behind them. What is repeated from before there keeps its place, not its bytes.
   */
  forget(sent: number, received: number): void {
    const { edits } = this;
    let count = 0;
    while (count < edits.length) {
      const { at, removed, from, put } = edits[count];
      if (at + removed > sent || from + put.length > received) break;
      count++;
    }
    if (count === 0) return;
    this.base = edits[count - 1].shift;
    edits.splice(0, count);
  }

  /** Where the byte at `offset` of the sent stream begins in the received one. */
  image(offset: number): number {
    const edit = this.edits[this.lastAt(offset)];
    if (edit === undefined) return offset + this.base;
    const inside = offset - edit.at;
    return inside < edit.removed ? edit.from + Math.min(inside, edit.put.length) : offset + edit.shift;
  }

  /** The largest offset of the sent stream whose image is at most `received`: what an acknowledgement covers. */
  original(received: number): number {
    const edit = this.edits[this.lastFrom(received)];
    if (edit === undefined) return received - this.base;
    const inside = received - edit.from;
    return inside < edit.put.length ? edit.at + Math.min(inside, edit.removed - 1) : received - edit.shift;
  }

  /** The smallest offset of the sent stream whose image is at least `received`: where a selective acknowledgement begins. */
  originalAfter(received: number): number {
    const edit = this.edits[this.firstTo(received)];
    if (edit === undefined) return received - this.shift;
    const inside = received - edit.from;
    if (inside <= 0) return received - (edit.from - edit.at);
    return edit.at + Math.min(inside, edit.removed);
  }

  /** Whether [from, to) of the sent stream is received as it was sent. */
  untouched(from: number, to: number): boolean {
    const edit = this.edits[this.lastAt(to)];
    if (edit === undefined) return true;
    // At `to` itself bytes may only have been taken out or replaced: what was added there belongs to the byte before.
    if (edit.at < to || edit.removed === 0) return from >= edit.at + edit.removed && from >= edit.at;
    const before = this.edits[this.lastAt(to) - 1];
    return before === undefined || from >= before.at + before.removed;
  }

  /**
   * Writes what is received in place of [from, to) into `target`.
   * @param sent the bytes as they were sent, of which `sent[0]` lies at `from`.
   * @returns how many bytes: `image(to) - image(from)`.
   */
  render(from: number, to: number, sent: Uint8Array, target: Uint8Array): number {
    let [at, length] = [from, 0];
    const put = (bytes: Uint8Array, begin: number, end: number) => {
      target.set(bytes.subarray(begin, end), length);
      length += end - begin;
    };
    for (let i = Math.max(0, this.lastAt(from)); i < this.edits.length; i++) {
      const edit = this.edits[i];
      if (edit.at > to) break;
      if (edit.removed === 0) {
        if (edit.at <= from) continue;
        put(sent, at - from, edit.at - from);
        put(edit.put, 0, edit.put.length);
        at = edit.at;
        continue;
      }
      const [begin, end] = [Math.max(edit.at, from), Math.min(edit.at + edit.removed, to)];
      if (begin >= end) continue;
      put(sent, at - from, begin - from);
      put(edit.put, this.within(edit, begin), this.within(edit, end));
      at = end;
    }
    put(sent, at - from, to - from);
    return length;
  }

  /** How much of what an edit has put lies before `offset`. */
  private within(edit: Edit, offset: number): number {
    const inside = offset - edit.at;
    return inside < edit.removed ? Math.min(inside, edit.put.length) : edit.put.length;
  }

  /** The last edit that begins at `offset` or before; -1 where there is none. */
  private lastAt(offset: number): number {
    return this.search((edit) => edit.at <= offset) - 1;
  }

  private lastFrom(received: number): number {
    return this.search((edit) => edit.from <= received) - 1;
  }

  /** The first edit that ends at `received` of the other stream or behind it. */
  private firstTo(received: number): number {
    return this.search((edit) => edit.from + edit.put.length < received);
  }

  /** The first edit for which `before` does not hold; it holds for all before it. */
  private search(before: (edit: Edit) => boolean): number {
    let [low, high] = [0, this.edits.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.edits[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
