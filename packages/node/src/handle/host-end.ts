import { IpAddress } from '@netwright/core';
import type { TcpSettings } from '@netwright/layers';
import { type NativeTcp, nativeParts, uvCode } from '../binding.js';
import type { Place, SocketName, Version } from '../family.js';
import type { End, EndOwner } from './end.js';

/** Bytes that were received, beyond which the host is asked for no more. */
const HELD = 262144;
/** Bytes that the host may have to send. */
const UNSENT = 262144;

/**
 * One end of a connection over the host's own network, for addresses that the stack does not reach (`elsewhere: host`):
 * to a handle it is as one over the stack. It does not keep the process running; the handle does.
 */
export class HostEnd implements End {
  owner: EndOwner | null = null;
  failure = 0;
  finished = false;

  private readonly handle: NativeTcp;
  private readonly chunks: Uint8Array[] = [];
  private held = 0;
  private unsent = 0;
  private paused = false;
  private shut = false;
  private over = false;

  constructor(
    private readonly version: Version,
    changes: Partial<TcpSettings>,
  ) {
    const { NativeTcp, tcp } = nativeParts();
    this.handle = new NativeTcp(tcp.constants.SOCKET);
    this.handle.unref();
    this.handle.onread = (bytes) => this.arrived(bytes);
    this.configure(changes);
  }

  /** @returns 0, or UV's number: what comes of it the owner is told. */
  connect(address: string, port: number): number {
    const request = new (nativeParts().TCPConnectWrap)();
    request.oncomplete = (status) => {
      if (status === 0) this.handle.readStart();
      else this.breakOff(status);
      this.owner?.opened(status);
    };
    return this.version === 4
      ? this.handle.connect(request, address, port)
      : this.handle.connect6(request, address, port);
  }

  private arrived(bytes: ArrayBuffer | undefined): void {
    const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } = nativeParts();
    const size = streamBaseState[kReadBytesOrError];
    if (size > 0 && bytes !== undefined) {
      this.chunks.push(new Uint8Array(bytes, streamBaseState[kArrayBufferOffset], size));
      this.held += size;
      if (this.held >= HELD) {
        this.paused = true;
        this.handle.readStop();
      }
    } else if (size === uvCode('EOF')) this.finished = true;
    else if (size < 0) this.breakOff(size);
    else return;
    this.owner?.arrived();
  }

  private breakOff(status: number): void {
    this.over = true;
    this.failure = status;
    this.owner?.broken();
  }

  get waiting(): number {
    return this.held;
  }

  get hungUp(): boolean {
    return this.over || (this.finished && this.shut);
  }

  /** The kernel sees to it. */
  readonly delivered = true;
  readonly parted = true;

  read(into: Uint8Array): number {
    let at = 0;
    while (at < into.length && this.chunks.length > 0) {
      const [chunk] = this.chunks;
      const part = chunk.subarray(0, into.length - at);
      into.set(part, at);
      at += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    this.held -= at;
    if (this.paused && this.held < HELD / 2 && !this.over) {
      this.paused = false;
      this.handle.readStart();
    }
    return at;
  }

  get healthy(): boolean {
    return !this.over && !this.shut;
  }

  get writableBytes(): number {
    return Math.max(0, UNSENT - this.unsent);
  }

  get room(): number {
    return this.healthy ? this.writableBytes : this.takeFailure() || uvCode('EPIPE');
  }

  write(bytes: Uint8Array, at = 0): number {
    const { room } = this;
    if (room <= 0) return room;
    // The host may keep them after the program has them back.
    const taken = Buffer.from(bytes.subarray(at, at + room));
    const request = new (nativeParts().WriteWrap)();
    request.oncomplete = (status) => {
      this.unsent -= taken.length;
      if (status < 0 && !this.over) this.breakOff(status);
      else this.owner?.roomy();
    };
    const status = this.handle.writeBuffer(request, taken);
    if (status !== 0) return status;
    const { streamBaseState, kLastWriteWasAsync } = nativeParts();
    if (streamBaseState[kLastWriteWasAsync] !== 0) this.unsent += taken.length;
    return taken.length;
  }

  takeFailure(): number {
    const { failure } = this;
    this.failure = 0;
    return failure;
  }

  shutdown(): number {
    if (this.over) return uvCode('ENOTCONN');
    this.shut = true;
    return Math.min(0, this.handle.shutdown(new (nativeParts().ShutdownWrap)()));
  }

  close(): void {
    this.owner = null;
    this.over = true;
    this.handle.close(() => {});
  }

  reset(): void {
    this.owner = null;
    this.over = true;
    this.handle.reset(() => {});
  }

  configure(changes: Partial<TcpSettings>): void {
    if (changes.dscp !== undefined) this.handle.setTypeOfService?.(changes.dscp << 2);
    if (changes.noDelay !== undefined) this.handle.setNoDelay(changes.noDelay);
    if (changes.keepAlive !== undefined) {
      this.handle.setKeepAlive(changes.keepAlive, Math.ceil((changes.keepAliveIdle ?? 0) / 1000));
    }
  }

  get local(): Place {
    return place(this.handle.getsockname.bind(this.handle));
  }

  get remote(): Place {
    return place(this.handle.getpeername.bind(this.handle));
  }
}

function place(ask: (into: SocketName) => number): Place {
  const name: SocketName = {};
  ask(name);
  return { address: IpAddress.parse(name.address ?? '') ?? IpAddress.any, port: name.port ?? 0 };
}
