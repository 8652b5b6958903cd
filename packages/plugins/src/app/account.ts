import type { NetwrightError, Transfer } from '@netwright/core';
import type { TcpSession } from '@netwright/layers';
import { Digest } from './digest.js';

/** What went over one connection, as its application has seen it. */
export class Account implements Transfer {
  /** Gets what has arrived. */
  readonly in = new Digest();
  ended = false;
  receivedEnd = false;
  outcome = 'open';
  readonly local: string;
  readonly remote: string;

  /**
   * @param out gets what the connection has taken.
   * @param again makes the digest of the first bytes that were sent once more.
   */
  constructor(
    { id }: TcpSession,
    private readonly out: Digest = new Digest(),
    private readonly again: (bytes: number) => string = () => '',
  ) {
    this.local = `${id.localAddress}:${id.localPort}`;
    this.remote = `${id.remoteAddress}:${id.remotePort}`;
  }

  get sent(): number {
    return this.out.bytes;
  }

  sentDigest(bytes: number): string {
    return bytes === this.out.bytes ? this.out.sha256 : this.again(bytes);
  }

  get received(): number {
    return this.in.bytes;
  }

  get receivedDigest(): string {
    return this.in.sha256;
  }

  /** The connection is over. */
  close(error: NetwrightError | null): void {
    this.outcome = error === null ? 'complete' : error.code;
  }
}
