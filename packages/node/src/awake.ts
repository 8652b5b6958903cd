/** The longest time that Node's timers know, in ms. */
const LONGEST = 0x7fffffff;

// A test's clock that takes the place of Node's timers does not reach in here.
const repeat = setInterval;

/** Keeps the process running while somebody wants it to: a handle in JavaScript alone does not. */
export class Awake {
  private holders = 0;
  private timer: NodeJS.Timeout | null = null;

  /** Whether somebody does. */
  get holding(): boolean {
    return this.holders > 0;
  }

  /** One more reason to run. */
  hold(): void {
    if (this.holders++ > 0) return;
    if (this.timer === null) this.timer = repeat(() => {}, LONGEST);
    else this.timer.ref();
  }

  /** One reason less. */
  release(): void {
    if (--this.holders === 0) this.timer?.unref();
  }
}
