import { ADDRESS, Network } from '../kernel/network.js';
import type { RelayCounters } from '../kernel/relay.js';
import type { Received, ReceiverTask } from './receiver.js';
import type { SenderTask } from './stack-sender.js';

/** A path, and who sends over it how. */
export interface Cell {
  readonly congestion: string;
  /** ms there and back. */
  readonly rtt: number;
  /** Percent of the data frames. */
  readonly loss: number;
  /** Bits a second of the path; 0 for no limit but the machine's. */
  readonly rate: number;
}

/** Who sends: our stack, the kernel, or our stack to itself in virtual time. */
export type Sender = 'stack' | 'kernel' | 'virtual';

/** One run of a cell. */
export interface Run extends Cell {
  readonly sender: Sender;
  readonly seed: number;
  readonly seconds: number;
  /** Payload that the kernel's program has received, in Mbit/s. */
  readonly goodput: number;
  /** Frames that the relay was too slow for, and the share of a processor that it took. */
  readonly tooSlow: number;
  readonly relayCpu: number;
  /** What our sender says of its connection. */
  readonly info?: unknown;
}

const PORT = 7000;

/** Sends for so many seconds over a path of its own, to the kernel. */
export async function measure(cell: Cell, sender: 'stack' | 'kernel', seed: number, seconds: number): Promise<Run> {
  const latency = cell.rtt / 2;
  const network = await Network.make({
    sender,
    seed,
    dataLoss: cell.loss / 100,
    both: { latency },
    right: { latency, rate: cell.rate, queue: { bytes: queueOf(cell) } },
  });
  try {
    const receiverTask: ReceiverTask = { port: PORT, seconds };
    const receiver = network.node('right', '../kernel-path/receiver.js', receiverTask);
    await receiver.prints('ready');
    const senderTask: SenderTask = { address: ADDRESS.right, port: PORT, congestion: cell.congestion };
    if (sender === 'kernel') network.choose(cell.congestion);
    const sending = network.node('left', `../kernel-path/${sender}-sender.js`, senderTask);
    const received = await receiver.result<Received>();
    const info = sender === 'stack' ? await sending.stop().result() : undefined;
    const { tooSlow, cpu } = await network.stopRelay<RelayCounters>();
    const goodput = (received.bytes * 8) / received.seconds / 1e6;
    return { ...cell, sender, seed, seconds, goodput, tooSlow, relayCpu: cpu, info };
  } finally {
    await network.remove();
  }
}

/** Bytes that may wait for the rate of a path: what the path holds, or what it sends in a tenth of a second. */
export function queueOf({ rate, rtt }: Cell): number {
  return Math.max(64 * 1514, Math.ceil(((rate / 8) * Math.max(rtt, 100)) / 1000));
}
