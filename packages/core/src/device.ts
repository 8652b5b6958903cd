import type { MacAddress } from './address/mac.js';
import type { Packet } from './packet/packet.js';
import type { PacketPool } from './packet/pool.js';

/** What a device takes off the stack's hands. */
export interface DeviceOffload {
  /** It completes transport checksums of packets marked `Partial`, and has verified those of packets it marks `Verified`. */
  readonly checksum: boolean;
  /** The largest packet it cuts into MTU-sized ones itself, in bytes; 0 where it does not. */
  readonly segmentation: number;
}

/** A device that takes nothing off. */
export const NO_OFFLOAD: DeviceOffload = { checksum: false, segmentation: 0 };

/** Where a device puts what arrives. */
export interface DeviceReceiver {
  /** The pool from which the device takes packets for what arrives. */
  readonly pool: PacketPool;
  /**
   * Takes ownership of `batch[0 .. count-1]`; the array stays the device's and may be used again after the call.
   * The stack acknowledges once and sends once for the whole batch.
   */
  receive(batch: Packet[], count: number): void;
  /**
   * Fires the timers that are due. A device that keeps the event loop from its own timers calls it before a batch, and
   * never within a turn.
   */
  poll?(): void;
}

/** A network card, real or not: it carries whole frames. */
export interface Device {
  /** For traces: 'cable a-b', 'capture veth0'. */
  readonly name: string;
  /** The largest network packet in one frame, in bytes. */
  readonly mtu: number;
  /** Its hardware address; null where the stack may choose. */
  readonly address: MacAddress | null;
  readonly offload: DeviceOffload;
  /** True where everything sent comes back to the same stack: nobody else is there to be asked for addresses. */
  readonly loopback?: boolean;
  /** Makes it ready; frames go to `receiver` from now on, always in a turn of the event loop of their own. */
  open(receiver: DeviceReceiver): void | Promise<void>;
  /**
   * Sends `batch[0 .. count-1]` and takes ownership of the packets; the array stays the caller's. Called once a turn.
   * It must not deliver to any receiver before it returns.
   */
  send(batch: Packet[], count: number): void;
  /**
   * Lets the process end, for a device that keeps it running while it is open: whoever runs a program over a stack calls
   * it where the program has nothing left to do. What comes until `attend` may be missed.
   */
  rest?(): void;
  /** The end of `rest`. */
  attend?(): void;
  /** Stops. Nothing is received after it; it may be called on a device that did not open. */
  close(): void | Promise<void>;
}
