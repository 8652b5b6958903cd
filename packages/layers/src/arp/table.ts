import { type Host, type IpAddress, type NetworkInterface, type Packet, type Timer, type Turn } from '@netwright/core';
import type { LinkLayer } from '../link/link-layer.js';
import { ArpNeighbour, type ArpTableParts } from './neighbour.js';
import type { ArpSettings } from './settings.js';

/** What the table counts. */
export interface ArpTableCounters {
  /** Packets dropped while they waited: for room, or because their neighbour was forgotten. */
  pendingDropped: number;
  /** Neighbours forgotten to make room. */
  evicted: number;
}

/** What the table asks of the layer. */
export interface ArpTableOwner {
  ask(neighbour: ArpNeighbour, attempt: number): void;
  unreachable(neighbour: ArpNeighbour, packets: Packet[]): void;
}

/** The neighbours of a stack, by interface and address. */
export class ArpTable implements ArpTableParts {
  /** Packets that wait, for all neighbours together. */
  pending = 0;
  /** How many neighbours are known. */
  size = 0;
  readonly turn: Turn;
  private readonly byInterface: Map<number, ArpNeighbour>[] = [];

  constructor(
    private readonly host: Host,
    readonly settings: ArpSettings,
    readonly link: LinkLayer,
    private readonly owner: ArpTableOwner,
    private readonly counters: ArpTableCounters,
  ) {
    this.turn = host.turn;
  }

  /** The neighbour, if it is known. */
  find(address: number, via: NetworkInterface): ArpNeighbour | undefined {
    return this.byInterface[via.index]?.get(address);
  }

  /** The neighbour, made if need be. */
  get(address: IpAddress, via: NetworkInterface): ArpNeighbour {
    const found = this.find(address.d, via);
    if (found !== undefined) return found;
    const neighbour = new ArpNeighbour(this, address, via);
    this.insert(neighbour);
    return neighbour;
  }

  /** Forgets the neighbour. */
  remove(neighbour: ArpNeighbour): void {
    if (!this.byInterface[neighbour.interface.index]?.delete(neighbour.address.d)) return;
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
  all(): ArpNeighbour[] {
    return this.byInterface.flatMap((each) => (each === undefined ? [] : [...each.values()]));
  }

  now(): number {
    return this.host.turn.active ? this.host.turn.now : this.host.clock.now();
  }

  timer(action: () => void): Timer {
    return this.host.timer(action);
  }

  ask(neighbour: ArpNeighbour, attempt: number): void {
    this.owner.ask(neighbour, attempt);
  }

  unreachable(neighbour: ArpNeighbour, packets: Packet[]): void {
    this.owner.unreachable(neighbour, packets);
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

  readmit(neighbour: ArpNeighbour): ArpNeighbour {
    const current = this.find(neighbour.address.d, neighbour.interface);
    if (current !== undefined) return current;
    neighbour.known = true;
    neighbour.usedAt = this.now();
    this.insert(neighbour);
    return neighbour;
  }

  private insert(neighbour: ArpNeighbour): void {
    if (this.size >= this.settings.limit) this.makeRoom();
    this.byInterface[neighbour.interface.index] ??= new Map();
    this.byInterface[neighbour.interface.index].set(neighbour.address.d, neighbour);
    this.size++;
  }

  /**
   * Forgets what has expired; failing that the one whose loss costs least: failed before others, then the one unused
   * for longest. Permanent neighbours stay, though the table grows beyond its limit by them.
   */
  private makeRoom(): void {
    this.prune();
    if (this.size < this.settings.limit) return;
    let worst: ArpNeighbour | null = null;
    for (const table of this.byInterface) {
      if (table === undefined) continue;
      for (const each of table.values()) {
        if (each.state !== 'permanent' && (worst === null || cheaper(each, worst))) worst = each;
      }
    }
    if (worst === null) return;
    this.counters.evicted++;
    this.remove(worst);
  }
}

function cheaper(a: ArpNeighbour, b: ArpNeighbour): boolean {
  const failed = Number(b.state === 'failed') - Number(a.state === 'failed');
  return failed === 0 ? a.usedAt < b.usedAt : failed < 0;
}
