import type { IpAddress } from '@netwright/core';
import type { GroupMembership } from './groups.js';

/** Kinds of records in reports (RFC 3376 section 4.2.12, RFC 3810 section 5.2.12: the numbers are the same). */
export const RecordKind = { IsInclude: 1, IsExclude: 2, ToInclude: 3, ToExclude: 4, Allow: 5, Block: 6 } as const;

/** What a report says of one group. */
export interface GroupRecord {
  readonly kind: number;
  readonly group: IpAddress;
  readonly sources: readonly IpAddress[];
}

/** From where an interface wants a group: from these alone, or from all (no list of unwanted ones is kept). */
export interface GroupFilter {
  readonly every: boolean;
  readonly sources: readonly IpAddress[];
}

/** Nothing is wanted: the filter of a group that nobody has joined. */
export const NO_SOURCES: GroupFilter = { every: false, sources: [] };

/** What all joins of a group come to (RFC 3376 section 3.2): one that wants every source decides. */
export function filterOf(membership: GroupMembership | undefined): GroupFilter {
  if (membership === undefined) return NO_SOURCES;
  const every = membership.everySource > 0;
  return { every, sources: every ? [] : membership.sources.map(({ address }) => address) };
}

/** Whether anything is wanted. */
export function isMember({ every, sources }: GroupFilter): boolean {
  return every || sources.length > 0;
}

/** Those of `some` that are not among `others`. */
export function without(some: readonly IpAddress[], others: readonly IpAddress[]): IpAddress[] {
  return some.filter((each) => !others.some((other) => other.equals(each)));
}

/** The state as an answer to a query tells it (RFC 3376 section 5.2): null where there is nothing to tell. */
export function currentState(
  group: IpAddress,
  { every, sources }: GroupFilter,
  asked: readonly IpAddress[],
): GroupRecord | null {
  if (asked.length === 0) {
    if (every) return { kind: RecordKind.IsExclude, group, sources: [] };
    return sources.length === 0 ? null : { kind: RecordKind.IsInclude, group, sources };
  }
  const heard = every ? asked : asked.filter((each) => sources.some((source) => source.equals(each)));
  return heard.length === 0 ? null : { kind: RecordKind.IsInclude, group, sources: heard };
}

/**
 * Distributes records over messages of at most `room` bytes (RFC 3376 section 4.2.16): a record that is too long is split;
 * its parts add up. @param head bytes of a record without sources. @param size bytes of an address.
 */
export function packRecords(
  records: readonly GroupRecord[],
  room: number,
  head: number,
  size: number,
): GroupRecord[][] {
  const messages: GroupRecord[][] = [];
  let left = 0;
  const most = Math.floor((room - head) / size);
  for (const record of records) {
    let from = 0;
    do {
      const sources = record.sources.slice(from, from + most);
      const length = head + sources.length * size;
      if (length > left) {
        messages.push([]);
        left = room;
      }
      messages[messages.length - 1].push({ ...record, sources });
      left -= length;
      from += most;
    } while (from < record.sources.length);
  }
  return messages;
}
