import type { IpAddress, Packet } from '@netwright/core';
import type { Segment } from './segment/segment.js';
import type { TcpSession } from './session.js';

const EMPTY = null;

/**
 * The connections by their four-tuple: open addressing over an integer hash, no key is made for a look-up. The
 * connection that was found last is tried first: segments come in trains.
 */
export class ConnectionTable {
  private slots: (TcpSession | null)[] = new Array(64).fill(EMPTY);
  private last: TcpSession | null = null;
  size = 0;

  /** The connection that a received segment belongs to, or null. */
  find(packet: Packet, segment: Segment): TcpSession | null {
    const { last } = this;
    if (last !== null && matches(last, packet, segment)) return last;
    const { view, sourceAt } = packet;
    const at = sourceAt + packet.addressLength - 4;
    const hash = mix(
      view.getInt32(at) ^ (packet.addressLength === 4 ? 0 : view.getInt32(at - 4)),
      segment.sourcePort,
      segment.destinationPort,
    );
    const { slots } = this;
    const mask = slots.length - 1;
    for (let i = hash & mask; slots[i] !== EMPTY; i = (i + 1) & mask) {
      const session = slots[i] as TcpSession;
      if (session.hash === hash && matches(session, packet, segment)) {
        this.last = session;
        return session;
      }
    }
    return null;
  }

  /** Whether a connection with these four exists. */
  has(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): boolean {
    return this.lookUp(local, localPort, remote, remotePort) !== null;
  }

  /** The connection with these four, or null. */
  lookUp(local: IpAddress, localPort: number, remote: IpAddress, remotePort: number): TcpSession | null {
    const hash = hashOf(remote, remotePort, localPort);
    const { slots } = this;
    const mask = slots.length - 1;
    for (let i = hash & mask; slots[i] !== EMPTY; i = (i + 1) & mask) {
      const session = slots[i] as TcpSession;
      const { id } = session;
      if (
        id.localPort === localPort &&
        id.remotePort === remotePort &&
        id.remoteAddress.equals(remote) &&
        id.localAddress.equals(local)
      ) {
        return session;
      }
    }
    return null;
  }

  add(session: TcpSession): void {
    if (this.size * 2 >= this.slots.length) this.grow();
    const { id } = session;
    session.hash = hashOf(id.remoteAddress, id.remotePort, id.localPort);
    this.place(session);
    this.size++;
  }

  remove(session: TcpSession): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let hole = session.hash & mask;
    while (slots[hole] !== session) {
      if (slots[hole] === EMPTY) return;
      hole = (hole + 1) & mask;
    }
    if (this.last === session) this.last = null;
    this.size--;
    // Close the gap, so that what was pushed past it is still found.
    for (let i = (hole + 1) & mask; slots[i] !== EMPTY; i = (i + 1) & mask) {
      const home = (slots[i] as TcpSession).hash & mask;
      if (((i - home) & mask) >= ((i - hole) & mask)) {
        slots[hole] = slots[i];
        hole = i;
      }
    }
    slots[hole] = EMPTY;
  }

  /** All connections; do not add or remove while going through them. */
  *[Symbol.iterator](): IterableIterator<TcpSession> {
    for (const session of this.slots) if (session !== EMPTY) yield session;
  }

  private place(session: TcpSession): void {
    const mask = this.slots.length - 1;
    let i = session.hash & mask;
    while (this.slots[i] !== EMPTY) i = (i + 1) & mask;
    this.slots[i] = session;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Array(old.length * 2).fill(EMPTY);
    for (const session of old) if (session !== EMPTY) this.place(session);
  }
}

function matches(session: TcpSession, packet: Packet, segment: Segment): boolean {
  const { id } = session;
  return (
    id.remotePort === segment.sourcePort &&
    id.localPort === segment.destinationPort &&
    id.remoteAddress.size === packet.addressLength &&
    id.remoteAddress.isAt(packet.view, packet.sourceAt) &&
    id.localAddress.isAt(packet.view, packet.destinationAt)
  );
}

function hashOf(remote: IpAddress, remotePort: number, localPort: number): number {
  return mix(remote.d ^ (remote.version === 4 ? 0 : remote.c), remotePort, localPort);
}

/** The finalizer of MurmurHash3 over address and ports. */
function mix(address: number, remotePort: number, localPort: number): number {
  let hash = address ^ ((remotePort << 16) | localPort);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
