import { type Clock, SystemClock } from '@netwright/core';
import { fail } from '../errors.js';
import type { FrameStreams, StreamCounters } from './stream.js';
import { SOURCE_QUEUE } from './stream-source.js';

/** What is used of a WebSocket: the platform's has it, and that of npm's `ws`, on either side. */
export interface FrameSocket {
  binaryType: string;
  readonly readyState: number;
  /** Bytes taken by `send` that have not left. */
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** Makes a WebSocket to `url`: the platform's class, or that of `ws`. */
export type FrameSocketClass = new (url: string) => FrameSocket;

/** Bytes that may wait in the socket; the device's queue fills beyond it. */
const BUFFERED = 1024 * 1024;
/** Ms between two looks at a socket that is full: it does not tell when it no longer is. */
const LOOK_AGAIN = 5;
const OPEN = 1;

/**
 * The streams of a WebSocket that carries one Ethernet frame a binary message; text messages are counted and ignored.
 * Resolves when the socket is open.
 * @throws STREAM_WEBSOCKET when it cannot be opened.
 */
export async function webSocketFrames(
  socket: FrameSocket,
  { clock = new SystemClock(), counters }: { clock?: Clock; counters?: StreamCounters } = {},
): Promise<FrameStreams> {
  socket.binaryType = 'arraybuffer';
  // The first frames may come together with the opening: whoever listens later has missed them.
  const readable = received(socket, counters);
  await opened(socket);
  return { readable, writable: sending(socket, clock) };
}

function received(socket: FrameSocket, counters: StreamCounters | undefined): ReadableStream<Uint8Array> {
  let ended = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        socket.addEventListener('message', ({ data }) => {
          if (ended) return;
          if (!(data instanceof ArrayBuffer)) {
            if (counters !== undefined) counters.malformed++;
          } else if ((controller.desiredSize ?? 0) > 0) controller.enqueue(new Uint8Array(data));
          else if (counters !== undefined) counters.receiveDropped++;
        });
        socket.addEventListener('close', () => {
          if (ended) return;
          ended = true;
          controller.close();
        });
      },
      cancel() {
        ended = true;
        socket.close();
      },
    },
    new CountQueuingStrategy({ highWaterMark: SOURCE_QUEUE }),
  );
}

function opened(socket: FrameSocket): Promise<void> {
  if (socket.readyState === OPEN) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    const refused = () => reject(fail('STREAM_WEBSOCKET'));
    socket.addEventListener('error', refused);
    socket.addEventListener('close', refused);
  });
}

function sending(socket: FrameSocket, clock: Clock): WritableStream<Uint8Array> {
  let ready: (() => void) | null = null;
  const look = clock.alarm(() => {
    if (socket.readyState === OPEN && socket.bufferedAmount > BUFFERED) look.set(clock.now() + LOOK_AGAIN);
    else ready?.();
  });
  return new WritableStream<Uint8Array>(
    {
      start(controller) {
        socket.addEventListener('close', () => controller.error(fail('STREAM_ENDED')));
      },
      write(frame) {
        socket.send(frame as Uint8Array<ArrayBuffer>);
        if (socket.bufferedAmount <= BUFFERED) return undefined;
        look.set(clock.now() + LOOK_AGAIN);
        return new Promise<void>((resolve) => {
          ready = resolve;
        });
      },
      close: () => socket.close(),
    },
    new CountQueuingStrategy({ highWaterMark: 64 }),
  );
}
