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

/** The neighbours of a stack, by interface and address: looked up when a path is made, or discovery has news. */
export class NdpTable implements NdpTableParts {
  /** Packets that wait, for all neighbours together. */
  pending = 0;
  /** How many neighbours are known. */
  size = 0;
  readonly turn: Turn;
  reachable: number;
  retry: number;
  private readonly byInterface: Map<string, NdpNeighbour>[] = [];

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
    return this.byInterface[via.index]?.get(`${address}`);
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
    if (!this.byInterface[neighbour.interface.index]?.delete(`${neighbour.address}`)) return;
    this.size--;
    const dropped = neighbour.forget();
    this.discharge(dropped, dropped);
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
    return this.byInterface.flatMap((each) => (each === undefined ? [] : [...each.values()]));
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
    this.byInterface[neighbour.interface.index].set(`${neighbour.address}`, neighbour);
    this.size++;
  }

  /** As ARP does: what has expired goes, else the one whose loss costs least. Permanent neighbours stay. */
  private makeRoom(): void {
    this.prune();
    if (this.size < this.settings.limit) return;
    let worst: NdpNeighbour | null = null;
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

  /** RFC 4861 section 6.3.2: between half and one and a half of it, so that neighbours do not ask all at once. */
  private spread(base: number): number {
    return base * (0.5 + this.host.random.fork('ndp.reachable').float());
  }
}

function cheaper(a: NdpNeighbour, b: NdpNeighbour): boolean {
  const failed = Number(b.state === 'failed') - Number(a.state === 'failed');
  return failed === 0 ? a.usedAt < b.usedAt : failed < 0;
}
