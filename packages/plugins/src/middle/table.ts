import type { Connection } from './connection.js';
import type { SegmentPlace } from './segment-place.js';

/** A connection, the two ends it is known by, and which of them has opened it. */
interface Entry {
  /** Addresses and ports of the end that has opened it, then of the other: as they lie in its segments. */
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly connection: Connection;
}

/** The connections that run through, by their ends. */
export class ConnectionTable {
  /** Of the connection that was found: 0 where the segment comes from the client. */
  direction: 0 | 1 = 0;
  private readonly chains = new Map<number, Entry[]>();
  private count = 0;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.count;
  }

  *[Symbol.iterator](): Generator<Connection> {
    for (const chain of this.chains.values()) for (const { connection } of chain) yield connection;
  }

  /** The connection of a segment, whichever end has sent it; `direction` says which. */
  find(place: SegmentPlace): Connection | null {
    const chain = this.chains.get(keyOf(place));
    if (chain === undefined) return null;
    for (const entry of chain) {
      if (isAt(entry.client, place, 0) && isAt(entry.server, place, 1)) {
        this.direction = 0;
        return entry.connection;
      }
      if (isAt(entry.client, place, 1) && isAt(entry.server, place, 0)) {
        this.direction = 1;
        return entry.connection;
      }
    }
    return null;
  }

  /** Adds the connection whose SYN this is. @returns false where there is no room, not even by forgetting one that is over. */
  add(place: SegmentPlace, connection: Connection): boolean {
    if (this.count >= this.limit && !this.forgetClosed()) return false;
    const key = keyOf(place);
    const entry = { client: endAt(place, 0), server: endAt(place, 1), connection };
    const chain = this.chains.get(key);
    if (chain === undefined) this.chains.set(key, [entry]);
    else chain.push(entry);
    this.count++;
    return true;
  }

  remove(connection: Connection): void {
    for (const [key, chain] of this.chains) {
      const at = chain.findIndex((each) => each.connection === connection);
      if (at < 0) continue;
      chain.splice(at, 1);
      if (chain.length === 0) this.chains.delete(key);
      this.count--;
      return;
    }
  }

  clear(): void {
    this.chains.clear();
    this.count = 0;
  }

  private forgetClosed(): boolean {
    const over = [...this].filter((each) => each.closed);
    for (const each of over) this.remove(each);
    return over.length > 0;
  }
}

/** A number that both directions of a connection have. */
function keyOf(place: SegmentPlace): number {
  const { view, addresses, addressLength } = place;
  let key = place.sourcePort + place.destinationPort;
  for (let i = 0; i < 2 * addressLength; i += 4) key = (key + view.getUint32(addresses + i)) | 0;
  return key;
}

/** Whether the end is the segment's source (0) or destination (1). */
function isAt(end: Uint8Array, place: SegmentPlace, which: 0 | 1): boolean {
  const { view, addresses, addressLength, tcp } = place;
  if (end.length !== addressLength + 2) return false;
  const port = which === 0 ? place.sourcePort : place.destinationPort;
  if (((end[addressLength] << 8) | end[addressLength + 1]) !== port || tcp === 0) return false;
  for (let i = 0; i < addressLength; i++) {
    if (view.getUint8(addresses + which * addressLength + i) !== end[i]) return false;
  }
  return true;
}

function endAt(place: SegmentPlace, which: 0 | 1): Uint8Array {
  const { view, addresses, addressLength } = place;
  const end = new Uint8Array(addressLength + 2);
  for (let i = 0; i < addressLength; i++) end[i] = view.getUint8(addresses + which * addressLength + i);
  const port = which === 0 ? place.sourcePort : place.destinationPort;
  end[addressLength] = port >>> 8;
  end[addressLength + 1] = port & 0xff;
  return end;
}
