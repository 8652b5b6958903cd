import type { AsyncResource } from 'node:async_hooks';
import { requestScope } from '../handle/scope.js';

/** Node's request to send: a SendWrap. */
export interface SendRequest {
  oncomplete?: (status: number, bytes: number) => void;
}

interface Sent {
  readonly request: SendRequest;
  readonly status: number;
  readonly bytes: number;
  readonly callback: boolean;
  readonly context: AsyncResource;
}

/** Node's own switch for its tests: every send is told of later, none at once. */
const FLAG = '--test-udp-no-try-send';

/**
 * Datagrams that were sent, but whose program has not been told. A stack takes each datagram at once, so that there is
 * none, unless Node was started with `--test-udp-no-try-send`.
 */
export class SendQueue {
  /** Whether programs are told later. */
  readonly waits = process.execArgv.includes(FLAG) || process.env.NODE_OPTIONS?.includes(FLAG) === true;
  bytes = 0;
  private readonly sent: Sent[] = [];

  /** @param later asks for one call of `tellOne`. */
  constructor(private readonly later: () => void) {}

  get count(): number {
    return this.sent.length;
  }

  add(request: SendRequest, status: number, bytes: number, callback: boolean): void {
    const context = requestScope('UDPSENDWRAP', request);
    this.sent.push({ request, status, bytes, callback, context });
    this.bytes += bytes;
    this.later();
  }

  /** Tells of the oldest. @param told is called then, whatever the program throws. */
  tellOne(told: () => void): void {
    const next = this.sent.shift();
    if (next === undefined) return;
    const { request, status, bytes, callback, context } = next;
    this.bytes -= bytes;
    try {
      if (callback) context.runInAsyncScope(() => request.oncomplete?.(status, status < 0 ? 0 : bytes));
    } finally {
      context.emitDestroy();
      told();
    }
  }
}

/** The parts of a datagram in one piece; one part is not copied. */
export function gather(list: readonly ArrayBufferView[]): Uint8Array {
  const parts = list.map((each) => new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}
