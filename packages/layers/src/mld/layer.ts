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
import { EtherType, multicastMac } from '../ethernet/header.js';
import { GroupObservation } from '../ip/group-observation.js';
import { type GroupRecord, packRecords } from '../ip/group-records.js';
import type { ReportWriter } from '../ip/group-reports.js';
import { hasGroups, type MulticastNetwork } from '../ip/network.js';
import { isLinkLayer, type LinkLayer } from '../link/link-layer.js';
import {
  MLD_HEAD,
  MLD_RECORD,
  MLD1_SIZE,
  MldType,
  mldReportSize,
  readMldGroup,
  readMldQuery,
  writeMld,
  writeMldReport,
} from './header.js';
import { hasRouterAlert, isLinkLocal, linkLocalOn, MLD_OVERHEAD, mldPacket } from './packet.js';
import { MLD_ANSWER, MLD_CHANGE, MLD_DONE } from './reasons.js';
import { MLD_OPTIONS, type MldOptions, type MldSettings, mldSettings } from './settings.js';

/** ff02::1, ff02::2 and ff02::16 */
const ALL_NODES = IpAddress.v6(0xff020000, 0, 0, 1);
const ALL_ROUTERS = IpAddress.v6(0xff020000, 0, 0, 2);
const ALL_REPORTED = IpAddress.v6(0xff020000, 0, 0, 0x16);
/** RFC 2710 section 7.10, ms. */
const UNSOLICITED_1 = 10_000;

/** The listener's side of MLD (RFC 3810; RFC 2710 where a router knows no more). Its messages come through icmpv6. */
@layer({ name: 'mld', over: [{ layer: 'ethernet' }, { layer: 'ipv6' }, { layer: 'icmpv6' }] })
export class Mld extends Layer implements ReportWriter {
  readonly newest = 2;
  /** What icmpv6 hands on. */
  readonly types: readonly number[] = Object.values(MldType);
  readonly counters = {
    received: 0,
    queries: 0,
    /** Queries that do not come from a router on the link, or of a length that no version has. */
    queriesIgnored: 0,
    /** Reports and dones of others. */
    others: 0,
    reports: 0,
    dones: 0,
    unsent: 0,
  };
  private readonly settings: MldSettings;
  private readonly observation: GroupObservation;
  private network: MulticastNetwork | null = null;
  private link: LinkLayer | null = null;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(MLD_OPTIONS) options: MldOptions = {},
  ) {
    super();
    this.settings = mldSettings.parse(options);
    this.observation = new GroupObservation(host, this.name, this, { ...this.settings, unsolicitedOld: UNSOLICITED_1 });
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (hasGroups(lower)) this.network = lower;
    if (isLinkLayer(lower)) this.link = lower;
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

  /** A message whose checksum holds. */
  receive(packet: Packet): void {
    this.counters.received++;
    const { view, start } = packet;
    this.take(packet, view.getUint8(start), packet.end - start);
    packet.release();
  }

  /** RFC 3810 section 6: all nodes are heard always; groups of scope 0 and 1 do not leave the node. */
  tells(group: IpAddress): boolean {
    return !group.equals(ALL_NODES) && ((group.a >>> 16) & 15) > 1;
  }

  writeReport(records: readonly GroupRecord[], via: NetworkInterface, answer: boolean): void {
    const room = via.mtu - MLD_OVERHEAD - MLD_HEAD;
    for (const each of packRecords(records, room, MLD_RECORD, 16)) {
      this.counters.reports++;
      const why = answer ? MLD_ANSWER : MLD_CHANGE;
      this.send(ALL_REPORTED, via, mldReportSize(each), why, (view, at) => writeMldReport(view, at, each));
    }
  }

  writeOld(group: IpAddress, via: NetworkInterface, _version: number, answer: boolean): void {
    this.counters.reports++;
    const why = answer ? MLD_ANSWER : MLD_CHANGE;
    this.send(group, via, MLD1_SIZE, why, (view, at) => writeMld(view, at, MldType.Report1, group));
  }

  writeLeave(group: IpAddress, via: NetworkInterface): void {
    this.counters.dones++;
    this.send(ALL_ROUTERS, via, MLD1_SIZE, MLD_DONE, (view, at) => writeMld(view, at, MldType.Done, group));
  }

  private take(packet: Packet, type: number, length: number): void {
    const { view, start } = packet;
    const reports = this.observation.on(packet.interface as NetworkInterface);
    if (type === MldType.Query) {
      this.counters.queries++;
      const query = readMldQuery(view, start, length);
      if (query === undefined || !comesFromRouter(packet)) this.counters.queriesIgnored++;
      else reports?.asked(query);
      return;
    }
    this.counters.others++;
    const group = type === MldType.Report1 ? readMldGroup(view, start, length) : undefined;
    if (group !== undefined) reports?.heard(group);
  }

  private send(
    to: IpAddress,
    via: NetworkInterface,
    size: number,
    why: Reason,
    write: (view: DataView, at: number) => void,
  ): void {
    const packet = this.link === null ? null : mldPacket(this.host.pool, linkLocalOn(via), to, size, write);
    if (packet === null) {
      this.counters.unsent++;
      return;
    }
    packet.reason = why;
    packet.interface = via;
    this.host.turn.run(() => this.link?.send(packet, multicastMac(to), EtherType.Ipv6));
  }
}

/** RFC 3810 section 6.2: what was not sent on this link is dropped. */
function comesFromRouter(packet: Packet): boolean {
  const source = IpAddress.read(packet.view, packet.sourceAt, 16);
  return isLinkLocal(source) && packet.hopLimit === 1 && hasRouterAlert(packet);
}
