import type { IpAddress } from '@netwright/core';
import { type GroupFilter, type GroupRecord, isMember, NO_SOURCES, RecordKind, without } from './group-records.js';

/** What has to be told of one group, how often still. */
interface Change {
  readonly group: IpAddress;
  filter: GroupFilter;
  /** Reports that still say how the filter mode is. */
  mode: number;
  /** Sources that have changed, with the reports that still say so. */
  sources: { readonly address: IpAddress; left: number }[];
}

/** Changes of what an interface wants, each to be told several times, merged where they overtake each other (RFC 3376 section 5.1). */
export class GroupChanges {
  private readonly changes = new Map<string, Change>();
  /** What was wanted before. */
  private readonly known = new Map<string, GroupFilter>();

  /** @param robustness how often each change is told. */
  constructor(private readonly robustness: number) {}

  /** Whether there is something left to tell. */
  get pending(): boolean {
    return this.changes.size > 0;
  }

  /** What is wanted of a group, as far as it is known here. */
  filter(group: IpAddress): GroupFilter {
    return this.known.get(`${group}`) ?? NO_SOURCES;
  }

  /** Notes what is wanted now. @returns what was wanted before, or null where nothing has changed. */
  note(group: IpAddress, filter: GroupFilter): GroupFilter | null {
    const key = `${group}`;
    const before = this.filter(group);
    const gone = without(before.sources, filter.sources);
    const come = without(filter.sources, before.sources);
    if (before.every === filter.every && gone.length + come.length === 0) return null;
    if (isMember(filter)) this.known.set(key, filter);
    else this.known.delete(key);
    const change = this.changes.get(key) ?? { group, filter, mode: 0, sources: [] };
    change.filter = filter;
    if (before.every !== filter.every) change.mode = this.robustness;
    const changed = [...gone, ...come];
    change.sources = change.sources.filter(({ address }) => !changed.some((each) => each.equals(address)));
    for (const address of changed) change.sources.push({ address, left: this.robustness });
    this.changes.set(key, change);
    return before;
  }

  /** What the next report says, of one group or of all; it counts as told. */
  tell(only: IpAddress | null = null): GroupRecord[] {
    const records: GroupRecord[] = [];
    for (const [key, change] of this.changes) {
      if (only !== null && !change.group.equals(only)) continue;
      records.push(...recordsOf(change));
      if (change.mode > 0) change.mode--;
      for (const each of change.sources) each.left--;
      change.sources = change.sources.filter(({ left }) => left > 0);
      if (change.mode === 0 && change.sources.length === 0) this.changes.delete(key);
    }
    return records;
  }

  /** Tells nothing more of what has changed so far. */
  cancel(): void {
    this.changes.clear();
  }
}

function recordsOf({ group, filter, mode, sources }: Change): GroupRecord[] {
  if (mode > 0) {
    const kind = filter.every ? RecordKind.ToExclude : RecordKind.ToInclude;
    return [{ kind, group, sources: filter.sources }];
  }
  const changed = sources.map(({ address }) => address);
  const blocked = filter.every ? [] : without(changed, filter.sources);
  const allowed = without(changed, blocked);
  return [
    { kind: RecordKind.Allow, group, sources: allowed },
    { kind: RecordKind.Block, group, sources: blocked },
  ].filter((each) => each.sources.length > 0);
}
