import type { FrameStreams, StreamCounters } from './stream.js';

/**
 * Whatever gives and takes frames by two functions, as emulators in a page do. For v86:
 * ```ts
 * const source: FrameSource = { onframe: null, send: (frame) => emulator.bus.send('net0-receive', frame) };
 * emulator.add_listener('net0-send', (frame) => source.onframe?.(frame));
 * ```
 */
export interface FrameSource {
  /** Takes a frame from the stack, and may keep it. */
  send(frame: Uint8Array): void;
  /** Set by the device: call it with each frame for the stack. The frame may be used again after the call. */
  onframe: ((frame: Uint8Array) => void) | null;
  /** Called when the device closes. */
  close?(): void;
}

/** Frames that wait for the device; more are dropped, since a source is not told to wait. */
export const SOURCE_QUEUE = 1024;

/** The streams of a frame source: `const { readable, writable } = sourceFrames(source)`. */
export function sourceFrames(source: FrameSource, counters?: StreamCounters): FrameStreams {
  const close = () => {
    source.onframe = null;
    source.close?.();
  };
  return {
    readable: new ReadableStream<Uint8Array>(
      {
        start(controller) {
          source.onframe = (frame) => {
            if ((controller.desiredSize ?? 0) > 0) controller.enqueue(frame.slice());
            else if (counters !== undefined) counters.receiveDropped++;
          };
        },
        cancel: close,
      },
      new CountQueuingStrategy({ highWaterMark: SOURCE_QUEUE }),
    ),
    writable: new WritableStream<Uint8Array>({ write: (frame) => source.send(frame) }),
  };
}
