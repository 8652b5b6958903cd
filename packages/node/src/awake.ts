/** The longest time that Node's timers know, in ms. */
const LONGEST = 0x7fffffff;

/** Keeps the process running while somebody wants it to: a handle in JavaScript alone does not. */
export class Awake {
  private holders = 0;
  private timer: NodeJS.Timeout | null = null;

  /** One more reason to run. */
  hold(): void {
    if (this.holders++ > 0) return;
    if (this.timer === null) this.timer = setInterval(() => {}, LONGEST);
    else this.timer.ref();
  }

  /** One reason less. */
  release(): void {
    if (--this.holders === 0) this.timer?.unref();
  }
}
