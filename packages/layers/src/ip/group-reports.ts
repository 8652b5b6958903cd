import type { Host, IpAddress, NetworkInterface, Random, Timer } from '@netwright/core';
import { GroupChanges } from './group-changes.js';
import { currentState, type GroupFilter, type GroupRecord, isMember } from './group-records.js';

/** A question of a router, as IGMP and MLD both have it. */
export interface GroupQuery {
  /** Of the protocol: 1 to 3 for IGMP, 1 and 2 for MLD. */
  readonly version: number;
  /** null: all groups. */
  readonly group: IpAddress | null;
  /** None: all sources. */
  readonly sources: readonly IpAddress[];
  /** ms within which to answer. */
  readonly within: number;
  /** ms between general questions, where the router says so; else 0. */
  readonly interval: number;
}

/** Writes the messages of a protocol. */
export interface ReportWriter {
  /** The version that tells sources. */
  readonly newest: number;
  /** Whether routers and switches are told of this group at all. */
  tells(group: IpAddress): boolean;
  /** A report of the newest version. */
  writeReport(records: readonly GroupRecord[], via: NetworkInterface, answer: boolean): void;
  /** One of an older version. */
  writeOld(group: IpAddress, via: NetworkInterface, version: number, answer: boolean): void;
  /** Nobody here wants the group any more; version 1 of IGMP has no words for it. */
  writeLeave(group: IpAddress, via: NetworkInterface, version: number): void;
}

/** Times and counts (RFC 3376 section 8, RFC 3810 section 9); ms. */
export interface ReportTimes {
  readonly robustness: number;
  /** Within which a change is told again. */
  readonly unsolicited: number;
  /** As `unsolicited`, for versions before the newest. */
  readonly unsolicitedOld: number;
  /** Between general questions where a router did not say. */
  readonly queryInterval: number;
  /** Within which routers want answers to general questions. */
  readonly queryResponse: number;
}

/** Sources of one group that questions name and that are kept until the answer (RFC 3376 section 9.1). */
const MOST_SOURCES = 64;

interface Answer {
  readonly group: IpAddress;
  readonly timer: Timer;
  /** Empty: all. */
  sources: IpAddress[];
}

/** The host's side of IGMP and MLD on one interface: it tells changes, and answers after a random time. */
export class GroupReports {
  private readonly changes: GroupChanges;
  private readonly changeTimer: Timer;
  private readonly generalTimer: Timer;
  private readonly answers = new Map<string, Answer>();
  /** By version: until when a router that knows no newer one is assumed, ms of the clock. */
  private readonly olderUntil: number[] = [];
  private mode: number;

  constructor(
    private readonly host: Host,
    private readonly random: Random,
    private readonly via: NetworkInterface,
    private readonly writer: ReportWriter,
    private readonly times: ReportTimes,
    /** What is wanted of a group now. */
    private readonly wanted: (group: IpAddress) => GroupFilter,
    /** All groups that were joined. */
    private readonly joined: () => readonly IpAddress[],
  ) {
    this.changes = new GroupChanges(times.robustness);
    this.changeTimer = host.timer(() => this.tellChanges(null));
    this.generalTimer = host.timer(() => this.answerAll());
    this.mode = writer.newest;
  }

  /** The version that is spoken now. */
  get version(): number {
    this.refreshMode();
    return this.mode;
  }

  /** How many answers and changes wait. */
  get pending(): number {
    return this.answers.size + Number(this.generalTimer.armed) + Number(this.changeTimer.armed);
  }

  /** What is wanted of a group may have changed. */
  changed(group: IpAddress): void {
    if (!this.writer.tells(group)) return;
    const filter = this.wanted(group);
    const before = this.changes.note(group, filter);
    if (before === null) return;
    const { version } = this;
    if (version === this.writer.newest) {
      this.tellChanges(group);
      return;
    }
    this.changes.cancel();
    if (isMember(filter) === isMember(before)) return;
    if (!isMember(filter)) {
      this.cancelAnswer(group);
      this.writer.writeLeave(group, this.via, version);
      return;
    }
    this.writer.writeOld(group, this.via, version, false);
    // RFC 2236 section 3: once more or twice, in case the first is lost.
    if (this.times.robustness > 1) this.schedule(group, [], this.random.float() * this.times.unsolicitedOld);
  }

  /** A router asks. */
  asked(query: GroupQuery): void {
    if (query.version < this.writer.newest && query.group === null) this.hearOlder(query);
    const delay = this.random.float() * query.within;
    const { group, sources } = query;
    if (this.version < this.writer.newest) {
      const asked = group === null ? this.joined() : [group];
      for (const each of asked) this.answerOld(each, group === null ? this.random.float() * query.within : delay);
      return;
    }
    if (this.joined().every((each) => !this.writer.tells(each))) return;
    const now = this.now();
    // Rules 1 to 5 of RFC 3376 section 5.2.
    if (this.generalTimer.armed && this.generalTimer.deadline <= now + delay) return;
    if (group === null) this.generalTimer.start(delay);
    else if (this.tells(group)) this.schedule(group, sources, delay);
  }

  /** Somebody else has told of the group, in the words of an older version: that is enough there (RFC 2236 section 3). */
  heard(group: IpAddress): void {
    if (this.version < this.writer.newest) this.cancelAnswer(group);
  }

  /** Lets go of everything that waits. */
  clear(): void {
    this.changes.cancel();
    this.changeTimer.stop();
    this.generalTimer.stop();
    for (const { timer } of this.answers.values()) timer.stop();
    this.answers.clear();
  }

  private tells(group: IpAddress): boolean {
    return this.writer.tells(group) && isMember(this.wanted(group));
  }

  private tellChanges(only: IpAddress | null): void {
    const records = this.changes.tell(only);
    if (records.length > 0) this.writer.writeReport(records, this.via, false);
    if (!this.changes.pending) this.changeTimer.stop();
    else if (only !== null || !this.changeTimer.armed)
      this.changeTimer.start(this.random.float() * this.times.unsolicited);
  }

  private answerAll(): void {
    const records = this.joined()
      .filter((each) => this.tells(each))
      .map((each) => currentState(each, this.wanted(each), []))
      .filter((each) => each !== null);
    if (records.length > 0) this.writer.writeReport(records, this.via, true);
  }

  private answerOld(group: IpAddress, delay: number): void {
    if (!this.tells(group)) return;
    const waiting = this.answers.get(`${group}`);
    if (waiting === undefined || waiting.timer.deadline > this.now() + delay) this.schedule(group, [], delay);
  }

  private schedule(group: IpAddress, sources: readonly IpAddress[], delay: number): void {
    const key = `${group}`;
    const known = this.answers.get(key);
    if (known === undefined) {
      const answer = { group, timer: this.host.timer(() => this.answer(key)), sources: sources.slice(0, MOST_SOURCES) };
      if (sources.length > MOST_SOURCES) answer.sources = [];
      this.answers.set(key, answer);
      answer.timer.start(delay);
      return;
    }
    const added = sources.filter((each) => !known.sources.some((other) => other.equals(each)));
    const all =
      sources.length === 0 || known.sources.length === 0 || known.sources.length + added.length > MOST_SOURCES;
    if (all) known.sources = [];
    else known.sources.push(...added);
    if (this.now() + delay < known.timer.deadline) known.timer.start(delay);
  }

  private answer(key: string): void {
    const answer = this.answers.get(key);
    this.answers.delete(key);
    if (answer === undefined || !this.tells(answer.group)) return;
    const { version } = this;
    if (version < this.writer.newest) {
      this.writer.writeOld(answer.group, this.via, version, true);
      return;
    }
    const record = currentState(answer.group, this.wanted(answer.group), answer.sources);
    if (record !== null) this.writer.writeReport([record], this.via, true);
  }

  private cancelAnswer(group: IpAddress): void {
    this.answers.get(`${group}`)?.timer.stop();
    this.answers.delete(`${group}`);
  }

  /** RFC 3376 section 7.2.1: an older router is here for a while; what waits was meant for another one. */
  private hearOlder({ version, interval }: GroupQuery): void {
    const { robustness, queryInterval, queryResponse } = this.times;
    const between = interval === 0 ? queryInterval : interval;
    this.olderUntil[version] = this.now() + robustness * between + queryResponse;
    this.refreshMode();
  }

  private refreshMode(): void {
    const now = this.now();
    let mode = this.writer.newest;
    for (let version = mode - 1; version > 0; version--) if ((this.olderUntil[version] ?? 0) > now) mode = version;
    if (mode === this.mode) return;
    this.mode = mode;
    this.clear();
  }

  private now(): number {
    const { turn, clock } = this.host;
    return turn.active ? turn.now : clock.now();
  }
}
