import { type Host, type IpAddress, type NetworkInterface, type Packet, type Timer, type Turn } from '@netwright/core';
import type { LinkLayer } from '../link/link-layer.js';
import { NdpNeighbour, type NdpTableParts } from './neighbour.js';
import type { NdpSettings } from './settings.js';

/** What the table counts. */
export interface NdpTableCounters {
  /** Packets dropped while they waited: for room, or because their neighbour was forgotten. */
  pendingDropped: number;
  /** Neighbours forgotten to make room. */
  evicted: number;
}

/** What the table asks of the layer. */
export interface NdpTableOwner {
  ask(neighbour: NdpNeighbour, attempt: number): void;
  failed(neighbour: NdpNeighbour, packets: Packet[]): void;
}

/** The neighbours of a stack, by interface and address: a router looks one up for each packet, so that no key is made. */
export class NdpTable implements NdpTableParts {
  /** Packets that wait, for all neighbours together. */
  pending = 0;
  /** How many neighbours are known. */
  size = 0;
  readonly turn: Turn;
  reachable: number;
  retry: number;
  /** By interface index, then by a hash of the address; those that share one follow by `next`. */
  private readonly byInterface: Map<number, NdpNeighbour>[] = [];

  constructor(
    private readonly host: Host,
    readonly settings: NdpSettings,
    readonly link: LinkLayer,
    private readonly owner: NdpTableOwner,
    private readonly counters: NdpTableCounters,
  ) {
    this.turn = host.turn;
    this.retry = settings.retry;
    this.reachable = this.spread(settings.reachable);
  }

  /** A router says how long answers hold, and how often to ask; 0 where it does not say. */
  adopt(reachable: number, retry: number): void {
    // An hour is the most that a router may say (RFC 4861 section 6.2.1).
    if (reachable > 0) this.reachable = this.spread(Math.min(reachable, 3_600_000));
    if (retry > 0) this.retry = Math.max(1, Math.min(retry, 60_000));
  }

  /** The neighbour, if it is known. */
  find(address: IpAddress, via: NetworkInterface): NdpNeighbour | undefined {
    let each = this.byInterface[via.index]?.get(hashOf(address)) ?? null;
    while (each !== null && !each.address.equals(address)) each = each.next;
    return each ?? undefined;
  }

  /** The neighbour, made if need be. */
  get(address: IpAddress, via: NetworkInterface): NdpNeighbour {
    const found = this.find(address, via);
    if (found !== undefined) return found;
    const neighbour = new NdpNeighbour(this, address, via);
    this.insert(neighbour);
    return neighbour;
  }

  /** Forgets the neighbour. */
  remove(neighbour: NdpNeighbour): void {
    if (!this.takeOut(neighbour)) return;
    this.size--;
    this.counters.pendingDropped += neighbour.forget();
  }

  /** Forgets the neighbours that were not used for long. */
  prune(): void {
    const before = this.now() - this.settings.expiry;
    for (const each of this.all()) if (each.state !== 'permanent' && each.usedAt <= before) this.remove(each);
  }

  /** Forgets everything. */
  clear(): void {
    for (const each of this.all()) this.remove(each);
  }

  /** Every neighbour. */
  all(): NdpNeighbour[] {
    const found: NdpNeighbour[] = [];
    for (const table of this.byInterface) {
      for (const first of table?.values() ?? []) {
        for (let each: NdpNeighbour | null = first; each !== null; each = each.next) found.push(each);
      }
    }
    return found;
  }

  now(): number {
    return this.host.turn.active ? this.host.turn.now : this.host.clock.now();
  }

  timer(action: () => void): Timer {
    return this.host.timer(action);
  }

  ask(neighbour: NdpNeighbour, attempt: number): void {
    this.owner.ask(neighbour, attempt);
  }

  failed(neighbour: NdpNeighbour, packets: Packet[]): void {
    this.owner.failed(neighbour, packets);
  }

  admit(): boolean {
    if (this.pending >= this.settings.pendingTotal) return false;
    this.pending++;
    return true;
  }

  discharge(count: number, lost: number): void {
    this.pending -= count;
    this.counters.pendingDropped += lost;
  }

  readmit(neighbour: NdpNeighbour): NdpNeighbour {
    const current = this.find(neighbour.address, neighbour.interface);
    if (current !== undefined) return current;
    neighbour.known = true;
    neighbour.usedAt = this.now();
    this.insert(neighbour);
    return neighbour;
  }

  private insert(neighbour: NdpNeighbour): void {
    if (this.size >= this.settings.limit) this.makeRoom();
    this.byInterface[neighbour.interface.index] ??= new Map();
    const table = this.byInterface[neighbour.interface.index];
    const hash = hashOf(neighbour.address);
    neighbour.next = table.get(hash) ?? null;
    table.set(hash, neighbour);
    this.size++;
  }

  /** As ARP does: what has expired goes, else the one whose loss costs least. Permanent neighbours stay. */
  private makeRoom(): void {
    this.prune();
    if (this.size < this.settings.limit) return;
    let worst: NdpNeighbour | null = null;
    for (const each of this.all()) {
      if (each.state !== 'permanent' && (worst === null || cheaper(each, worst))) worst = each;
    }
    if (worst === null) return;
    this.counters.evicted++;
    this.remove(worst);
  }

  /** Takes it out of its row. @returns whether it was there. */
  private takeOut(neighbour: NdpNeighbour): boolean {
    const table = this.byInterface[neighbour.interface.index];
    const hash = hashOf(neighbour.address);
    const first = table?.get(hash);
    if (first === neighbour) {
      if (neighbour.next === null) table.delete(hash);
      else table.set(hash, neighbour.next);
      neighbour.next = null;
      return true;
    }
    for (let each = first ?? null; each !== null; each = each.next) {
      if (each.next !== neighbour) continue;
      each.next = neighbour.next;
      neighbour.next = null;
      return true;
    }
    return false;
  }

  /** RFC 4861 section 6.3.2: between half and one and a half of it, so that neighbours do not ask all at once. */
  private spread(base: number): number {
    return base * (0.5 + this.host.random.fork('ndp.reachable').float());
  }
}

/** An address as a number of 32 bits. */
function hashOf({ a, b, c, d }: IpAddress): number {
  return Math.imul(Math.imul(a ^ b, 0x9e3779b1) ^ c, 0x85ebca6b) ^ d;
}

function cheaper(a: NdpNeighbour, b: NdpNeighbour): boolean {
  const failed = Number(b.state === 'failed') - Number(a.state === 'failed');
  return failed === 0 ? a.usedAt < b.usedAt : failed < 0;
}
