import type { Alarm, Clock, Packet } from '@netwright/core';
import type { Impairment } from './impairment.js';
import { PacketRing } from './ring.js';

/** Frames handed on in one turn of the clock's alarm; what is due beyond it waits for the next one. */
export const WIRE_BATCH = 256;

/**
 * One direction of a link: frames go in at one time and come out at another, as its impairments say. One alarm of the
 * clock serves all frames that are under way.
 */
export class Wire {
  up = true;
  /** Frames that keep their order. */
  private readonly inOrder = new PacketRing();
  /** Frames that come late: all by the same time, so they keep an order of their own. */
  private readonly late = new PacketRing();
  private readonly alarm: Alarm;
  private wakesAt = Number.POSITIVE_INFINITY;
  private readonly batch: Packet[] = [];

  /**
   * @param deliver takes ownership of `batch[0 .. count-1]`; the array stays the wire's. Never called inside `send`.
   */
  constructor(
    private readonly clock: Clock,
    readonly impairment: Impairment,
    private readonly deliver: (batch: Packet[], count: number) => void,
  ) {
    this.alarm = clock.alarm(() => this.wake());
  }

  /** Frames under way. */
  get inFlight(): number {
    return this.inOrder.count + this.late.count;
  }

  /** Puts frames on the wire; takes ownership of the packets, not of the array. */
  send(batch: Packet[], count: number): void {
    const now = this.clock.now();
    for (let i = 0; i < count; i++) this.put(batch[i], now);
    this.schedule();
  }

  /** Takes everything off the wire that is under way. @returns how many frames that were. */
  clear(): number {
    const count = this.inFlight;
    while (this.inOrder.count > 0) this.inOrder.shift().release();
    while (this.late.count > 0) this.late.shift().release();
    this.alarm.clear();
    this.wakesAt = Number.POSITIVE_INFINITY;
    return count;
  }

  private put(sent: Packet, now: number): void {
    const { impairment } = this;
    const { counters } = impairment;
    counters.sent++;
    if (!this.up) {
      counters.lost++;
      sent.release();
      return;
    }
    const packet = sent.shared ? unshare(sent) : sent;
    if (packet === null) {
      counters.noSlot++;
      return;
    }
    if (!impairment.admit(packet, now)) {
      packet.release();
      return;
    }
    const ring = impairment.late ? this.late : this.inOrder;
    ring.push(packet, impairment.at);
    if (!impairment.twice) return;
    const copy = packet.pool.copy(packet);
    if (copy === null) counters.noSlot++;
    else ring.push(copy, impairment.at);
  }

  private schedule(): void {
    const next = Math.min(this.inOrder.next, this.late.next);
    if (next >= this.wakesAt) return;
    this.wakesAt = next;
    this.alarm.set(next);
  }

  private wake(): void {
    // The host's alarms go off up to a millisecond early: what they were set for is due.
    const now = Math.max(this.clock.now(), this.wakesAt);
    const { batch, inOrder, late } = this;
    let count = 0;
    while (count < WIRE_BATCH) {
      const ring = late.next < inOrder.next ? late : inOrder;
      if (ring.next > now) break;
      batch[count++] = ring.shift();
    }
    this.wakesAt = Number.POSITIVE_INFINITY;
    this.schedule();
    this.impairment.counters.delivered += count;
    this.deliver(batch, count);
  }
}

/** The sender keeps the packet, to send it again: the wire gets a copy that nobody else reads or writes. */
function unshare(packet: Packet): Packet | null {
  const copy = packet.pool.copy(packet);
  packet.release();
  return copy;
}
