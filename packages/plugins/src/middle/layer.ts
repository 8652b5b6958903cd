import {
  ChecksumState,
  HOST,
  type Host,
  Layer,
  layer,
  type NetworkInterface,
  type Packet,
  token,
} from '@netwright/core';
import { ACK, SYN } from '@netwright/layers';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { Connection, DEFAULT_PATIENCE } from './connection.js';
import type { MiddleCounters } from './counters.js';
import { MIDDLE_WHY } from './reasons.js';
import { OptionPlaces } from './segment-options.js';
import { Kind, SegmentPlace } from './segment-place.js';
import { ConnectionTable } from './table.js';

/** What a man in the middle does of his own accord. */
export interface MiddleOptions {
  /** Ms that bytes wait for what may make them a text that is sought; 500 unless said otherwise. */
  readonly patience?: number;
  /** Connections followed at once; 4096 unless said otherwise. Others run through as they are. */
  readonly connections?: number;
  /** Told of each connection by its SYN: `connection.rewrite(…)` here sees every byte. */
  readonly onConnection?: (connection: Connection) => void;
  /** Bytes to put into connections at a time, in ms from the start. */
  readonly cues?: readonly Cue[];
}

/** Bytes for all connections to a port, at a time. */
export interface Cue {
  readonly at: number;
  /** The server's; absent: any. */
  readonly port?: number;
  readonly towards: 'server' | 'client';
  readonly put: Uint8Array;
}

/** What the plugin was given. */
export const MIDDLE_OPTIONS = token<MiddleOptions>('middle.options');

/**
 * Stands between two links, in place of Ethernet: what comes in at one interface leaves by the other. TCP connections
 * whose SYN it has seen may be rewritten and added to while they run, and neither end can tell by the numbers: sequence
 * and acknowledgement numbers, windows and selective acknowledgements are translated, each end's view of the other's
 * stream is whole.
 *
 * *Gotchas*: signed connections (RFC 2385, RFC 5925), those with data in the SYN, and those that were open before, run
 * through as they are. What an ICMP error quotes is not translated.
 */
@layer({ name: 'man-in-the-middle', over: [] })
export class ManInTheMiddle extends Layer {
  readonly counters: MiddleCounters = {
    passed: 0,
    translated: 0,
    rewritten: 0,
    injected: 0,
    repeated: 0,
    answered: 0,
    malformed: 0,
    fragments: 0,
    beyondWindow: 0,
    noSlot: 0,
  };
  private readonly table: ConnectionTable;
  private readonly place = new SegmentPlace();
  private readonly options = new OptionPlaces();
  private readonly cues;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(MIDDLE_OPTIONS) private readonly choices: MiddleOptions = {},
  ) {
    super();
    this.table = new ConnectionTable(choices.connections ?? 4096);
    this.cues = (choices.cues ?? []).map((cue) => ({ cue, timer: host.timer(() => this.play(cue)) }));
    host.counters.set(this.name, this.counters as unknown as Record<string, number>);
  }

  /** The connections that are followed, those that are over among them. */
  get connections(): Connection[] {
    return [...this.table];
  }

  /** @throws MIDDLE_INTERFACES unless there are two interfaces */
  override start(): void {
    const { interfaces } = this.host;
    if (interfaces.length !== 2) {
      throw fail('MIDDLE_INTERFACES', { count: interfaces.length });
    }
    for (const each of interfaces) each.link = this;
    for (const { cue, timer } of this.cues) timer.start(cue.at);
  }

  override stop(): void {
    for (const each of this.host.interfaces) if (each.link === this) each.link = null;
    for (const { timer } of this.cues) timer.stop();
    for (const each of this.table) each.stop();
    this.table.clear();
  }

  override inspect(): Record<string, number> {
    return { 'held.connections': this.table.size };
  }

  receive(packet: Packet): void {
    const { place, options, counters } = this;
    const out = this.otherSide(packet.interface as NetworkInterface);
    const kind = place.find(packet);
    if (kind === Kind.Other) {
      this.pass(packet, out);
      return;
    }
    const damaged = kind === Kind.Segment && packet.checksum === ChecksumState.Plain && !place.intact;
    if (kind === Kind.Malformed || damaged) {
      counters.malformed++;
      packet.release();
      return;
    }
    if (kind === Kind.Fragment) {
      counters.fragments++;
      packet.release();
      return;
    }
    // A device that verified it has not looked at what the header says: from here on the header must be right.
    if (packet.checksum !== ChecksumState.Plain) {
      place.seal(place.end);
      packet.checksum = ChecksumState.Plain;
    }
    options.find(place);
    const connection = this.connectionOf(place, out);
    if (connection === null) this.pass(packet, out);
    else connection.relay(packet, this.table.direction, place, options);
  }

  private pass(packet: Packet, out: NetworkInterface): void {
    this.counters.passed++;
    out.transmit(packet, MIDDLE_WHY.pass);
  }

  private otherSide(via: NetworkInterface): NetworkInterface {
    return this.host.interfaces[1 - via.index];
  }

  private connectionOf(place: SegmentPlace, out: NetworkInterface): Connection | null {
    const { table, options, choices } = this;
    const known = table.find(place);
    if ((place.flags & SYN) === 0) return known;
    const followed = place.payload === place.end && !options.signed;
    if (known?.open(table.direction, place, options) === true) return known;
    // A SYN with a number of its own begins anew, where nothing that was done to the old connection is lost by it.
    if (known !== null && !known.closed && known.touched) return known;
    if (known !== null) {
      known.stop();
      table.remove(known);
    }
    if ((place.flags & ACK) !== 0 || !followed) return null;
    const back = this.otherSide(out);
    const { patience = DEFAULT_PATIENCE } = choices;
    const made = new Connection(this.host, out, back, place.destinationPort, this.counters, patience);
    if (!table.add(place, made)) return null;
    table.direction = 0;
    choices.onConnection?.(made);
    made.open(0, place, options);
    return made;
  }

  private play(cue: Cue): void {
    for (const each of this.table) {
      if (cue.port === undefined || cue.port === each.port) each.inject(cue.towards, cue.put);
    }
  }
}
