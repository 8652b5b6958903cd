import { connect, createServer, type Server, type Socket } from 'node:net';
import { fail } from '../errors.js';
import { type FrameStreams, LARGEST_FRAME, type StreamCounters } from './stream.js';
import { QemuDeframer, qemuFramed } from './stream-qemu.js';

/** Where a TCP connection of the host goes, or is waited for. */
export interface HostPort {
  /** An address or name; the loopback unless said otherwise. */
  readonly host?: string;
  /** 1..65535; 0 listens on any that is free. */
  readonly port: number;
}

/** What the line over TCP may be told. */
export interface QemuLineOptions {
  /** Bytes of the largest frame that may come. */
  readonly largest?: number;
  readonly counters?: StreamCounters;
  /** Told of each peer that was hung up on, of the listening side. */
  readonly refused?: (error: unknown) => void;
}

/** Frames read and not yet taken, before the peer is made to wait. */
const READ_AHEAD = 256;

/**
 * Frames in QEMU's socket framing over TCP connections of the host: as QEMU's `-netdev socket,connect=` or `listen=`
 * has them, and `-netdev stream`. Of the listening side one peer is served at a time; when it has gone, the next one.
 */
export class QemuLine implements FrameStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** The port that the listening side listens on. */
  port = 0;
  private socket: Socket | null = null;
  private server: Server | null = null;
  private controller!: ReadableStreamDefaultController<Uint8Array>;
  private ended = false;

  private constructor(private readonly options: QemuLineOptions) {
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => {
          this.socket?.resume();
        },
        cancel: () => this.close(),
      },
      new CountQueuingStrategy({ highWaterMark: READ_AHEAD }),
    );
    this.writable = new WritableStream<Uint8Array>(
      { write: (frame) => this.write(frame), close: () => this.close() },
      new CountQueuingStrategy({ highWaterMark: 64 }),
    );
  }

  /** Connects to a QEMU that listens. @throws STREAM_CONNECT */
  static async connect(to: HostPort, options: QemuLineOptions = {}): Promise<QemuLine> {
    const line = new QemuLine(options);
    const socket = connect({ host: to.host ?? '127.0.0.1', port: to.port });
    await settled(socket, 'connect', 'STREAM_CONNECT', to);
    line.serve(socket);
    return line;
  }

  /** Waits for QEMUs to connect; resolves when it listens. @throws STREAM_LISTEN */
  static async listen(at: HostPort, options: QemuLineOptions = {}): Promise<QemuLine> {
    const line = new QemuLine(options);
    const server = createServer((socket) => {
      // There is one cable: who comes second finds it taken.
      if (line.socket === null) line.serve(socket);
      else socket.destroy();
    });
    line.server = server;
    server.listen({ host: at.host ?? '127.0.0.1', port: at.port });
    await settled(server, 'listening', 'STREAM_LISTEN', at);
    line.port = (server.address() as { port: number }).port;
    return line;
  }

  private serve(socket: Socket): void {
    this.socket = socket;
    const deframer = new QemuDeframer(this.options.largest ?? LARGEST_FRAME);
    let problem: unknown = null;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      if (problem !== null || this.ended) return;
      try {
        deframer.push(bytes, (frame) => this.controller.enqueue(frame));
      } catch (error) {
        problem = error;
        socket.destroy();
      }
      if ((this.controller.desiredSize ?? 0) <= 0) socket.pause();
    });
    socket.on('error', (error) => {
      problem ??= error;
    });
    socket.on('close', () => this.left(problem));
  }

  /** The peer is gone. Of the listening side the next one may come. */
  private left(problem: unknown): void {
    this.socket = null;
    if (this.ended) return;
    if (this.server !== null) {
      if (problem !== null) this.options.refused?.(problem);
      return;
    }
    this.ended = true;
    if (problem === null) this.controller.close();
    else this.controller.error(problem);
  }

  private write(frame: Uint8Array): Promise<void> | undefined {
    const { socket } = this;
    if (socket === null || !socket.writable) {
      if (this.options.counters !== undefined) this.options.counters.unconnected++;
      return undefined;
    }
    if (socket.write(qemuFramed(frame))) return undefined;
    return new Promise((resolve) => {
      const go = () => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
  }

  private close(): void {
    this.ended = true;
    this.server?.close();
    // Sends what waits, then goes, whatever the peer does.
    this.socket?.destroySoon();
  }
}

function settled(
  what: Socket | Server,
  good: 'connect' | 'listening',
  code: 'STREAM_CONNECT' | 'STREAM_LISTEN',
  { host = '127.0.0.1', port }: HostPort,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const bad = (error: Error) => reject(fail(code, { host, port, cause: error.message }, undefined, error));
    (what as Socket).once('error', bad);
    (what as Socket).once(good, () => {
      what.off('error', bad);
      resolve();
    });
  });
}
