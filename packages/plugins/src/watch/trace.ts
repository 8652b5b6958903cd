import { explain, type Packet, type Stack, type Tap, type Watcher } from '@netwright/core';
import { frameFields } from './fields.js';
import { Handshakes } from './handshakes.js';
import type { Direction } from './pcapng.js';
import { type Recorded, takesDown } from './recorded.js';
import { describeFrame, formatTime } from './trace-line.js';

/** What a trace prints. */
export interface TraceOptions {
  print(line: string): void;
  /**
   * `all` frames; `handshake`: the SYNs and the ACK that completes each handshake; `lifecycle`: FINs and resets too.
   * `all` unless said otherwise.
   */
  only?: 'all' | 'handshake' | 'lifecycle';
  /** Sequence numbers as on the wire; else counted from the SYN. */
  absolute?: boolean;
  /** A second line that says why a frame was sent. */
  verbose?: boolean;
  /** Which frames; `auto` unless said otherwise. */
  record?: Recorded;
}

/**
 * Prints a line for each frame, as tcpdump would:
 * `00:00:00.010000 srv:eth0 > IP 10.0.0.1.7777 > 10.0.0.2.49152: Flags [S.], seq 5555, ack 1, win 65535, length 0`.
 * The arrow behind the interface is `>` for what the stack sends and `<` for what it receives.
 */
export class Trace implements Watcher {
  private readonly formatter: TraceFormatter;
  private stacks = 0;

  constructor(private readonly options: TraceOptions) {
    this.formatter = new TraceFormatter(options);
  }

  tap(stack: Stack): Tap {
    return this.tapOf(() => stack.name);
  }

  /** A tap for a host that is no stack: `host.watch(trace.tapOf(() => host.name))`. */
  tapOf(name: () => string): Tap {
    this.stacks++;
    const { record = 'auto', verbose, print } = this.options;
    return {
      frame: (direction, packet, via, at) => {
        if (!takesDown(record, direction, this.stacks)) return;
        const line = this.formatter.line(bytesOf(packet), at, `${name()}:${via.name}`, direction);
        if (line === null) return;
        print(line);
        if (verbose === true && direction === 'out') print(`  └ ${explain(packet.reason, packet.decider)}`);
      },
    };
  }
}

/** Makes the lines of a trace, from live frames or from those of a file. */
export class TraceFormatter {
  private readonly handshakes = new Handshakes();

  constructor(private readonly options: Pick<TraceOptions, 'only' | 'absolute'> = {}) {}

  /**
   * @param at ms.
   * @param via 'srv:eth0'
   * @returns null where `only` leaves the frame out.
   */
  line(bytes: Uint8Array, at: number, via: string, direction: Direction | null, linkType?: number): string | null {
    const fields = frameFields(bytes, linkType);
    const followed = this.handshakes.follow(fields);
    const { only = 'all', absolute = false } = this.options;
    if (only !== 'all') {
      const role = followed?.role ?? 'other';
      if (role === 'other' || (role === 'ending' && only === 'handshake')) return null;
    }
    const arrow = direction === 'in' ? '<' : '>';
    const from = via === '' ? '' : `${via} ${arrow} `;
    return `${formatTime(at)} ${from}${describeFrame(fields, absolute ? null : (followed?.numbers ?? null))}`;
  }
}

function bytesOf(packet: Packet): Uint8Array {
  return packet.bytes.subarray(packet.start, packet.end);
}
