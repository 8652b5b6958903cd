/** Something of the event loop that keeps the process running while it is referenced. */
export interface Anchor {
  ref(): void;
  unref(): void;
}

/** Keeps the process running while somebody wants it to: a handle in JavaScript alone does not. */
export class Awake {
  private holders = 0;

  constructor(private readonly anchor: Anchor) {}

  /** Whether somebody does. */
  get holding(): boolean {
    return this.holders > 0;
  }

  /** One more reason to run. */
  hold(): void {
    if (this.holders++ === 0) this.anchor.ref();
  }

  /** One reason less. */
  release(): void {
    if (--this.holders === 0) this.anchor.unref();
  }
}
