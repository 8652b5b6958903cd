import type { IpAddress } from '@netwright/core';
import type { UdpSocket } from '@netwright/layers';
import { Unsupported } from '../outcome.js';
import type { Environment } from '../run/environment.js';
import { type Attempt, caught, type Descriptor, failure, type Result, success } from './descriptor.js';

const PEEK = 0x2;
const TRUNC = 0x20;
const DONT_WAIT = 0x40;

/** A UDP socket as the BSD interface knows it. */
export class DatagramSocket implements Descriptor {
  nonblocking = false;
  socket: UdpSocket | null = null;
  private readonly waiting: number[] = [];
  private received = 0;
  private error: string | null = null;

  constructor(private readonly environment: Environment) {}

  takeError(): string | null {
    const { error } = this;
    this.error = null;
    return error;
  }

  bind(address: IpAddress | null, port: number): Result {
    if (this.socket !== null) return failure('EINVAL');
    return caught(() => {
      this.open(port, address);
      return success();
    });
  }

  connect(address: IpAddress, port: number): Result {
    return caught(() => {
      const socket = this.socket ?? this.open(0, null);
      socket.disconnect();
      socket.connect(port, address);
      return success();
    });
  }

  send(bytes: number, flags: number, address: IpAddress | null, port: number): Result {
    if ((flags & ~DONT_WAIT) !== 0) throw new Unsupported(`send with flags 0x${flags.toString(16)}`);
    const error = this.takeError();
    if (error !== null) return failure(error);
    return caught(() => {
      const socket = this.socket ?? this.open(0, null);
      if (address === null && socket.remoteAddress === null) return failure('EDESTADDRREQ');
      const data = new Uint8Array(bytes);
      const sent = address === null ? socket.send(data) : socket.send(data, port, address);
      return sent === 'sent' ? success(bytes) : failure(sent);
    });
  }

  receive(bytes: number, flags: number): Attempt {
    if ((flags & ~(PEEK | DONT_WAIT | TRUNC)) !== 0) throw new Unsupported(`recv with flags 0x${flags.toString(16)}`);
    return () => {
      const error = this.takeError();
      if (error !== null) return failure(error);
      const length = this.waiting[0];
      if (length === undefined) return this.nonblocking || (flags & DONT_WAIT) !== 0 ? failure('EAGAIN') : null;
      if ((flags & PEEK) === 0) this.waiting.shift();
      return success((flags & TRUNC) === 0 ? Math.min(length, bytes) : length);
    };
  }

  /** SIOCINQ: bytes of the datagram that is next. */
  get inQueue(): number {
    return this.waiting[0] ?? 0;
  }

  close(): Result {
    this.socket?.close();
    return success();
  }

  progress(): { readable: number; writable: number } {
    return { readable: this.received, writable: 0 };
  }

  readiness(): number {
    return 0x104 | (this.waiting.length > 0 ? 0x41 : 0) | (this.error === null ? 0 : 0x8);
  }

  private open(port: number, address: IpAddress | null): UdpSocket {
    const socket = this.environment.udp.open({ port, ...(address === null ? {} : { address }) });
    socket.onMessage = (data) => {
      this.received++;
      this.waiting.push(data.length);
    };
    socket.onError = (error) => {
      // Linux tells of a way that is broken only to who has asked for it (udp(7), IP_RECVERR).
      const soft = error.code === 'EHOSTUNREACH' || error.code === 'ENETUNREACH';
      if (!soft || this.environment.options.profile.name !== 'linux') this.error = error.code;
    };
    this.socket = socket;
    return socket;
  }
}
