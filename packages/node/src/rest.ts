import type { Stack } from '@netwright/core';
import type { Anchor } from './awake.js';

/** ms between two looks. */
const OFTEN = 20;
/** ms between two attempts, at the longest. */
const SELDOM = 1000;

const [repeat, stop] = [setInterval, clearInterval];

/** What Node lists of the process and its declarations do not say. A stream has these fields where it has a handle. */
interface ActiveProcess {
  _getActiveHandles(): { readonly _readableState?: object; readonly _handle?: { readonly reading?: boolean } | null }[];
}

/**
 * Whether the program waits for something that Node knows of. It lists each stream that is referenced, as standard output
 * is where that is a pipe; what is not being read keeps no process running, and writes are listed beside it.
 */
function waits(): boolean {
  const handles = (process as unknown as ActiveProcess)._getActiveHandles();
  const idle = handles.filter(({ _readableState, _handle }) => _readableState && _handle && _handle.reading !== true);
  return process.getActiveResourcesInfo().length > idle.length;
}

/**
 * The anchor of a process whose stack has devices that keep it running, as a capture does. While the program waits for
 * nothing, devices rest for a moment. Where they were all that kept the process running it ends then, as it would over
 * the kernel; where something did that Node does not list, the work of an addon for one, they attend again.
 */
export class DeviceRest implements Anchor {
  private readonly devices;
  private timer: NodeJS.Timeout | null = null;
  private resting = false;
  /** Looks until the next attempt, and from that one to the one after it. */
  private wait = 1;
  private pause = 1;

  constructor(
    stack: Stack,
    private readonly anchor: Anchor,
  ) {
    this.devices = stack.host.interfaces.map(({ device }) => device).filter(({ rest }) => rest !== undefined);
  }

  ref(): void {
    this.anchor.ref();
    if (this.timer !== null) stop(this.timer);
    this.timer = null;
    this.attend();
  }

  unref(): void {
    this.anchor.unref();
    if (this.devices.length === 0) return;
    this.wait = this.pause = 1;
    this.timer ??= repeat(() => this.look(), OFTEN).unref();
  }

  /** Whether there are any. */
  get some(): boolean {
    return this.devices.length > 0;
  }

  private look(): void {
    // The process has not ended.
    this.attend();
    if (waits()) return;
    if (this.wait-- > 0) return;
    this.wait = this.pause;
    this.pause = Math.min(2 * this.pause, SELDOM / OFTEN);
    this.resting = true;
    for (const each of this.devices) each.rest?.();
  }

  /** The end of a rest. */
  attend(): void {
    if (!this.resting) return;
    this.resting = false;
    for (const each of this.devices) each.attend?.();
  }
}
