import type { TcpHandler, TcpSession } from '@netwright/layers';

/** What the peer says to what it has received; nothing where it gives nothing back. */
export type Answer =
  | 'echo'
  /** It takes all, and never says a word. */
  | 'silence'
  /** Said once, as soon as something has come. */
  | string
  | Uint8Array
  | ((bytes: Uint8Array, connection: PeerConnection) => string | Uint8Array | undefined);

/** Bytes of what was received that are kept to be looked at. */
const KEPT = 16 * 1024 * 1024;

/** One connection, as the peer sees it. */
export class PeerConnection {
  /** Bytes that have come. */
  receivedBytes = 0;
  /** The program has ended what it sends. */
  ended = false;
  /** Resolves when the connection is established; rejects when it fails before. */
  readonly open: Promise<void>;
  /** Resolves when it is over: null after an orderly close, else a code like 'ECONNRESET'. */
  readonly closed: Promise<string | null>;
  /** @internal Set by the layer right after it was made. */
  session!: TcpSession;

  /** @internal What the layer tells. */
  readonly handler: TcpHandler = {
    established: () => {
      this.opened();
      // What was written before waits until there is somebody to write to.
      this.flush();
    },
    data: (bytes) => this.take(bytes),
    writable: () => this.flush(),
    // A good peer ends when the other one has.
    end: () => {
      this.ended = true;
      this.end();
    },
    closed: (_session, error) => {
      this.failed(error ?? new Error('the connection was closed'));
      this.over(error?.code ?? null);
    },
  };

  private readonly pieces: Uint8Array[] = [];
  /** What is to be sent and did not fit into the send buffer. */
  private readonly waiting: Uint8Array[] = [];
  private ending = false;
  private answered = false;
  private opened!: () => void;
  private failed!: (error: Error) => void;
  private over!: (code: string | null) => void;

  /** @internal */
  constructor(private readonly answer: Answer) {
    this.open = new Promise((resolve, reject) => {
      this.opened = resolve;
      this.failed = reject;
    });
    // Who does not wait for it need not hear of its failure.
    this.open.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.over = resolve;
    });
  }

  /** What has come, up to 16 MiB of it. */
  get received(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** Sends; what does not fit yet is sent when it does. */
  write(data: string | Uint8Array): this {
    if (data.length > 0) this.waiting.push(typeof data === 'string' ? Buffer.from(data) : data.slice());
    this.flush();
    return this;
  }

  /** Ends what the peer sends, and goes on reading. */
  end(data: string | Uint8Array = ''): this {
    this.ending = true;
    return this.write(data);
  }

  /** Ends it with a reset. */
  reset(): void {
    this.session.abort();
  }

  private take(bytes: Uint8Array): void {
    if (this.receivedBytes < KEPT) this.pieces.push(bytes.slice());
    this.receivedBytes += bytes.length;
    const { answer } = this;
    if (answer === 'silence') return;
    if (answer === 'echo') this.write(bytes);
    else if (typeof answer === 'function') this.write(answer(bytes.slice(), this) ?? '');
    else if (!this.answered) this.write(answer);
    this.answered = true;
  }

  private flush(): void {
    const { session, waiting } = this;
    while (waiting.length > 0 && session.writable) {
      const [next] = waiting;
      const taken = session.write(next);
      if (taken < next.length) {
        waiting[0] = next.subarray(taken);
        return;
      }
      waiting.shift();
    }
    if (this.ending && waiting.length === 0 && session.writable) session.shutdown();
  }
}
