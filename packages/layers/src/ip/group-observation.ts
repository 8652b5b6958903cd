import type { Host, IpAddress, NetworkInterface } from '@netwright/core';
import { filterOf } from './group-records.js';
import { GroupReports, type ReportTimes, type ReportWriter } from './group-reports.js';
import type { Groups } from './groups.js';

/** Watches the groups of a network layer, with one reporter for each interface that has a link. */
export class GroupObservation {
  private readonly reports = new Map<NetworkInterface, GroupReports>();
  private groups: Groups | null = null;

  constructor(
    private readonly host: Host,
    private readonly name: string,
    private readonly writer: ReportWriter,
    private readonly times: ReportTimes,
  ) {}

  /** How many answers and changes wait. */
  get pending(): number {
    let count = 0;
    for (const each of this.reports.values()) count += each.pending;
    return count;
  }

  /** Begins: what was joined before is told now. */
  begin(groups: Groups): void {
    this.groups = groups;
    groups.observer = (group, via) => this.on(via)?.changed(group);
    this.host.turn.run(() => {
      for (const via of this.host.interfaces) for (const { group } of groups.on(via)) this.on(via)?.changed(group);
    });
  }

  /** Lets go of everything. */
  end(): void {
    if (this.groups !== null) this.groups.observer = null;
    for (const each of this.reports.values()) each.clear();
    this.reports.clear();
  }

  /** The reporter of an interface; null where it has no link to tell anything on. */
  on(via: NetworkInterface): GroupReports | null {
    const { groups } = this;
    if (groups === null || via.index < 0 || via.device.loopback === true) return null;
    const known = this.reports.get(via);
    if (known !== undefined) return known;
    const made = new GroupReports(
      this.host,
      this.host.random.fork(`${this.name}.${via.name}`),
      via,
      this.writer,
      this.times,
      (group: IpAddress) => filterOf(groups.find(group, via)),
      () => groups.on(via).map(({ group }) => group),
    );
    this.reports.set(via, made);
    return made;
  }
}
