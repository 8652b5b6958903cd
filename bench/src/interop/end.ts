import { createHash } from 'node:crypto';
import { half, type Outcome, other, payloadOf, resetBy, type Side, sentBy, type Transfer } from './transfer.js';

/** What one end of a connection can do, ours or the kernel's. */
export interface Socket {
  /** Takes as much of `bytes` from `at` on as there is room for. @returns how much; `End.writable` is called when there is more. */
  write(bytes: Uint8Array, at: number): number;
  /** Closes this half. */
  end(): void;
  reset(): void;
}

/** The opener's first bytes: which transfer this is. */
const HEADER = 4;
/** ms after which an end that waits for a reset says something again: a reset may be lost, and is not sent again. */
const AGAIN = 250;

/** One end of one transfer. */
export class End {
  private transfer: Transfer | null = null;
  private readonly hash = createHash('sha256');
  private header = new Uint8Array(0);
  private out = new Uint8Array(0);
  private written = 0;
  private received = 0;
  private endHeard = false;
  private finished = false;
  private hasReset = false;
  private error: string | null = null;
  private again: NodeJS.Timeout | null = null;

  constructor(
    private readonly side: Side,
    private readonly transfers: readonly Transfer[],
    private readonly seed: number,
    private readonly socket: Socket,
    private readonly done: (outcome: Outcome) => void,
  ) {}

  /** This end has connected. */
  open(transfer: Transfer): void {
    this.begin(transfer);
    const payload = this.out;
    this.out = new Uint8Array(HEADER + payload.length);
    new DataView(this.out.buffer).setUint32(0, transfer.index);
    this.out.set(payload, HEADER);
    this.writable();
  }

  /** There is room. */
  writable(): void {
    const { transfer, out } = this;
    if (transfer === null || this.hasReset) return;
    while (this.written < out.length) {
      const taken = this.socket.write(out, this.written);
      if (taken === 0) return;
      this.written += taken;
    }
    this.sentAll(transfer);
  }

  data(bytes: Uint8Array): void {
    if (this.transfer !== null) {
      this.take(this.transfer, bytes);
      return;
    }
    this.header = Buffer.concat([this.header, bytes]);
    if (this.header.length < HEADER) return;
    const transfer = this.transfers[Buffer.from(this.header).readUInt32BE()];
    this.begin(transfer);
    this.take(transfer, this.header.subarray(HEADER));
    this.writable();
  }

  /** The other end has closed its half. */
  end(): void {
    this.endHeard = true;
    const { transfer } = this;
    if (transfer === null) return;
    // libuv tells a reset that comes together with data as an end: what is written next meets the reset.
    if (resetBy(transfer) === other(this.side)) this.sayAgain();
    // What has not written all of its own goes on.
    else if (this.written === this.out.length) this.finish();
  }

  failed(code: string): void {
    this.error ??= code;
  }

  /** It is over. */
  closed(): void {
    if (this.again !== null) clearInterval(this.again);
    const { received, endHeard, hasReset, side, transfer } = this;
    const error = hasReset ? null : this.error;
    this.done({
      index: transfer?.index ?? -1,
      side,
      received,
      sha256: this.hash.digest('hex'),
      end: endHeard,
      reset: hasReset,
      error,
    });
  }

  private begin(transfer: Transfer): void {
    this.transfer = transfer;
    this.out = payloadOf(transfer, this.side, this.seed) as Uint8Array<ArrayBuffer>;
  }

  private take(transfer: Transfer, bytes: Uint8Array): void {
    // What an end says again belongs to no payload.
    const counted = bytes.subarray(0, sentBy(transfer, other(this.side)) - this.received);
    this.hash.update(counted);
    this.received += counted.length;
    if (transfer.ending === 'sender-resets') this.takeOfReset(transfer, bytes.length);
    else if (resetBy(transfer) === this.side && this.received >= half(transfer)) this.reset();
  }

  private takeOfReset(transfer: Transfer, length: number): void {
    if (this.side === transfer.sender) {
      if (length > 0) this.reset();
    } else if (this.received >= half(transfer)) this.sayAgain();
  }

  private sentAll(transfer: Transfer): void {
    const resets = resetBy(transfer);
    if (resets === null) {
      const first = this.side === transfer.sender || transfer.ending !== 'close';
      if (first || this.endHeard) this.finish();
    } else if (this.side === transfer.sender && resets !== this.side) this.sayAgain();
  }

  private finish(): void {
    if (this.finished || this.hasReset) return;
    this.finished = true;
    this.socket.end();
  }

  private reset(): void {
    if (this.hasReset) return;
    this.hasReset = true;
    this.socket.reset();
  }

  private sayAgain(): void {
    if (this.again !== null) return;
    const byte = new Uint8Array(1);
    this.socket.write(byte, 0);
    this.again = setInterval(() => this.socket.write(byte, 0), AGAIN);
  }
}

/** Runs so many at once. @returns when all are done. */
export async function atOnce<Item>(count: number, items: Item[], action: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await action(next);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
