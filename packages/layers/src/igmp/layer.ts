import {
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  type NetworkInterface,
  type Packet,
  type Reason,
} from '@netwright/core';
import { inject } from 'inversify';
import { GroupObservation } from '../ip/group-observation.js';
import { type GroupRecord, packRecords } from '../ip/group-records.js';
import type { ReportWriter } from '../ip/group-reports.js';
import { hasGroups, type MulticastNetwork } from '../ip/network.js';
import { IPV4_SIZE, Protocol } from '../ipv4/header.js';
import {
  IGMP_SIZE,
  IgmpType,
  igmpReportSize,
  readIgmpGroup,
  readIgmpQuery,
  sealIgmp,
  writeIgmp,
  writeIgmpReport,
} from './header.js';
import { IGMP_ANSWER, IGMP_CHANGE, IGMP_LEAVE } from './reasons.js';
import { IGMP_OPTIONS, type IgmpOptions, type IgmpSettings, igmpSettings } from './settings.js';

const ALL_SYSTEMS = IpAddress.v4(0xe0000001);
const ALL_ROUTERS = IpAddress.v4(0xe0000002);
/** Those of version 3 (RFC 3376 section 4.2.14). */
const ALL_REPORTED = IpAddress.v4(0xe0000016);
/** Each message says so to routers (RFC 2113). */
const ROUTER_ALERT = Uint8Array.of(148, 4, 0, 0);
/** Internetwork control (RFC 3376 section 4). */
const PRECEDENCE = 0xc0;
/** RFC 2236 section 8.10, ms. */
const UNSOLICITED_2 = 10_000;

/** The host's side of IGMP (RFC 3376; RFC 2236 and RFC 1112 where a router knows no more). */
@layer({ name: 'igmp', over: [{ layer: 'ipv4', key: Protocol.Igmp }] })
export class Igmp extends Layer implements ReportWriter {
  readonly newest = 3;
  readonly counters = {
    received: 0,
    tooShort: 0,
    badChecksum: 0,
    queries: 0,
    /** Queries that cannot be meant: without router alert, or general ones that were not sent to all systems. */
    queriesIgnored: 0,
    /** Reports and leaves of others. */
    others: 0,
    reports: 0,
    leaves: 0,
    unsent: 0,
  };
  private readonly settings: IgmpSettings;
  private readonly observation: GroupObservation;
  private network: MulticastNetwork | null = null;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(IGMP_OPTIONS) options: IgmpOptions = {},
  ) {
    super();
    this.settings = igmpSettings.parse(options);
    this.observation = new GroupObservation(host, this.name, this, { ...this.settings, unsolicitedOld: UNSOLICITED_2 });
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (hasGroups(lower)) this.network = lower;
  }

  override start(): void {
    if (this.network !== null) this.observation.begin(this.network.groups);
  }

  override stop(): void {
    this.observation.end();
  }

  override inspect(): Fields {
    return { 'held.reports': this.observation.pending };
  }

  /** The version that is spoken on an interface. */
  version(via: NetworkInterface): number {
    return this.observation.on(via)?.version ?? this.newest;
  }

  receive(packet: Packet): void {
    const { counters } = this;
    const { view, start, pool } = packet;
    counters.received++;
    const length = packet.end - start;
    if (length < IGMP_SIZE) counters.tooShort++;
    else if (pool.sum(start, length) !== 0xffff) counters.badChecksum++;
    else this.take(packet, view.getUint8(start), length);
    packet.release();
  }

  /** RFC 3376 section 5: 224.0.0.1 is heard always, and never told. */
  tells(group: IpAddress): boolean {
    return !group.equals(ALL_SYSTEMS);
  }

  writeReport(records: readonly GroupRecord[], via: NetworkInterface, answer: boolean): void {
    const room = via.mtu - IPV4_SIZE - ROUTER_ALERT.length - IGMP_SIZE;
    for (const each of packRecords(records, room, IGMP_SIZE, 4)) {
      this.counters.reports++;
      this.send(ALL_REPORTED, via, igmpReportSize(each), answer ? IGMP_ANSWER : IGMP_CHANGE, (view, at) =>
        writeIgmpReport(view, at, each),
      );
    }
  }

  writeOld(group: IpAddress, via: NetworkInterface, version: number, answer: boolean): void {
    this.counters.reports++;
    const type = version === 1 ? IgmpType.Report1 : IgmpType.Report2;
    this.send(group, via, IGMP_SIZE, answer ? IGMP_ANSWER : IGMP_CHANGE, (view, at) =>
      writeIgmp(view, at, type, group),
    );
  }

  writeLeave(group: IpAddress, via: NetworkInterface, version: number): void {
    if (version === 1) return;
    this.counters.leaves++;
    this.send(ALL_ROUTERS, via, IGMP_SIZE, IGMP_LEAVE, (view, at) => writeIgmp(view, at, IgmpType.Leave, group));
  }

  private take(packet: Packet, type: number, length: number): void {
    const { view, start } = packet;
    const reports = this.observation.on(packet.interface as NetworkInterface);
    if (type === IgmpType.Query) {
      this.counters.queries++;
      const query = readIgmpQuery(view, start, length);
      if (query === undefined || !this.isMeant(packet, query.version, query.group)) this.counters.queriesIgnored++;
      else reports?.asked(query);
      return;
    }
    this.counters.others++;
    const group =
      type === IgmpType.Report1 || type === IgmpType.Report2 ? readIgmpGroup(view, start, length) : undefined;
    if (group !== undefined) reports?.heard(group);
  }

  /** RFC 3376 section 9.1: what came from beyond the link is found out so. */
  private isMeant(packet: Packet, version: number, group: IpAddress | null): boolean {
    if (group === null && !ALL_SYSTEMS.isAt(packet.view, packet.destinationAt)) return false;
    if (version === 1 || !this.settings.alert) return true;
    const options = this.network?.headerOptions?.of(packet);
    return options?.[0] === ROUTER_ALERT[0] && options[1] === ROUTER_ALERT[1];
  }

  private send(
    to: IpAddress,
    via: NetworkInterface,
    size: number,
    why: Reason,
    write: (view: DataView, at: number) => void,
  ): void {
    const path = this.network?.path(to, { interface: via, ttl: { ttl: () => 1 }, headerOptions: ROUTER_ALERT });
    const packet = path === undefined || typeof path === 'string' ? null : this.host.pool.take(size);
    if (packet === null || path === undefined || typeof path === 'string') {
      this.counters.unsent++;
      return;
    }
    const at = packet.append(size);
    write(packet.view, at);
    sealIgmp(packet.view, at, size, packet.pool.sum);
    packet.trafficClass = PRECEDENCE;
    packet.reason = why;
    this.host.turn.run(() => this.network?.send(packet, path, Protocol.Igmp));
  }
}
