import type { TcpSession } from '@netwright/layers';
import type { Digest } from './digest.js';

/**
 * What an application still has to say on a connection: it writes what the connection takes, keeps the rest until
 * there is room again, and ends the stream behind the last byte.
 */
export class Outbox {
  private readonly waiting: { readonly bytes: Uint8Array; readonly digest: Digest | null }[] = [];
  /** Bytes of the first piece that have been taken. */
  private at = 0;
  private ending = false;

  constructor(private readonly session: TcpSession) {}

  /** Whether everything has been taken. */
  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * Queues bytes; the array is kept until the connection has taken them, so it must not change.
   * @param digest gets them as they are taken.
   */
  send(bytes: Uint8Array, digest: Digest | null = null): void {
    if (bytes.length > 0) this.waiting.push({ bytes, digest });
    this.flush();
  }

  /** Nothing follows: a FIN is sent behind the last byte. */
  end(): void {
    this.ending = true;
    this.flush();
  }

  /** Writes what the connection takes now: call it when the connection is writable. */
  flush(): void {
    while (this.waiting.length > 0) {
      const { bytes, digest } = this.waiting[0];
      const count = this.session.write(bytes, this.at, bytes.length - this.at);
      if (count === 0) return;
      digest?.add(bytes.subarray(this.at, this.at + count));
      this.at += count;
      if (this.at < bytes.length) return;
      this.waiting.shift();
      this.at = 0;
    }
    if (this.ending) this.session.shutdown();
  }

  /** The connection is gone: what waits is dropped. */
  clear(): void {
    this.waiting.length = 0;
    this.at = 0;
    this.ending = false;
  }
}
