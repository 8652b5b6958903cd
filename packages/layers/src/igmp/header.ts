import { IpAddress } from '@netwright/core';

/**
 * IGMP (RFC 3376 section 4; versions 1 and 2 end after the group):
 *
 * | offset | bytes | query                                   | report of version 3                   |
 * |-------:|------:|-----------------------------------------|---------------------------------------|
 * |      0 |     1 | type 0x11                               | type 0x22                             |
 * |      1 |     1 | within which to answer, 1/10 s          |                                       |
 * |      2 |     2 | checksum of the whole message           | the same                              |
 * |      4 |     4 | group; 0: all                           | 2 reserved, 2 count of records        |
 * |      8 |     1 | S flag, robustness                      | records: kind, length of other data,  |
 * |      9 |     1 | time between queries, s                 | count of sources (2), group (4),      |
 * |     10 |     2 | count of sources, which follow          | sources                               |
 */
export const IGMP = {
  type: 0,
  code: 1,
  checksum: 2,
  group: 4,
  interval: 9,
  count: 10,
  sources: 12,
  records: 8,
} as const;

/** Bytes of a message of version 1 or 2, and of a record without sources. */
export const IGMP_SIZE = 8;
/** The shortest query of version 3. */
const QUERY3_SIZE = 12;

/** Message types. */
export const IgmpType = { Query: 0x11, Report1: 0x12, Report2: 0x16, Leave: 0x17, Report3: 0x22 } as const;

/** A query as a value. */
export interface IgmpQuery {
  readonly version: 1 | 2 | 3;
  /** null: all groups. */
  readonly group: IpAddress | null;
  readonly sources: readonly IpAddress[];
  /** ms within which to answer. */
  readonly within: number;
  /** ms between general queries; 0 where it is not said. */
  readonly interval: number;
}

/** One record of a report. */
export interface IgmpRecord {
  readonly kind: number;
  readonly group: IpAddress;
  readonly sources: readonly IpAddress[];
}

/** Reads a query of `length` bytes. @returns undefined where it is none, or of a length that no version has (RFC 3376 section 7.1). */
export function readIgmpQuery(view: DataView, at: number, length: number): IgmpQuery | undefined {
  if (length < IGMP_SIZE || view.getUint8(at) !== IgmpType.Query) return undefined;
  const code = view.getUint8(at + IGMP.code);
  const named = IpAddress.read(view, at + IGMP.group, 4);
  const group = named.isAny ? null : named;
  if (length === IGMP_SIZE) {
    // Version 1 has no code: 10 s are meant (RFC 2236 section 4).
    return { version: code === 0 ? 1 : 2, group, sources: [], within: (code === 0 ? 100 : code) * 100, interval: 0 };
  }
  if (length < QUERY3_SIZE) return undefined;
  const count = view.getUint16(at + IGMP.count);
  if (QUERY3_SIZE + 4 * count > length) return undefined;
  const sources = Array.from({ length: count }, (_, index) => IpAddress.read(view, at + IGMP.sources + 4 * index, 4));
  const interval = fromCode(view.getUint8(at + IGMP.interval)) * 1000;
  return { version: 3, group, sources, within: fromCode(code) * 100, interval };
}

/** RFC 3376 section 4.1.1: from 128 on a code is a number with an exponent. */
function fromCode(code: number): number {
  return code < 128 ? code : ((code & 15) | 16) << (((code >>> 4) & 7) + 3);
}

/** The group of a message of version 1 or 2. @returns undefined where it is too short for one. */
export function readIgmpGroup(view: DataView, at: number, length: number): IpAddress | undefined {
  return length < IGMP_SIZE ? undefined : IpAddress.read(view, at + IGMP.group, 4);
}

/** Bytes of a report of version 3. */
export function igmpReportSize(records: readonly IgmpRecord[]): number {
  return records.reduce((sum, { sources }) => sum + IGMP_SIZE + 4 * sources.length, IGMP_SIZE);
}

/** Writes a report of version 3; its checksum is 0 until {@link sealIgmp}. */
export function writeIgmpReport(view: DataView, at: number, records: readonly IgmpRecord[]): void {
  view.setUint32(at, IgmpType.Report3 << 24);
  view.setUint32(at + 4, records.length);
  let next = at + IGMP.records;
  for (const { kind, group, sources } of records) {
    view.setUint32(next, (kind << 24) | sources.length);
    group.write(view, next + 4);
    next += IGMP_SIZE;
    for (const each of sources) {
      each.write(view, next);
      next += 4;
    }
  }
}

/** Reads a report of version 3. @returns undefined where it is none. */
export function readIgmpReport(view: DataView, at: number, length: number): IgmpRecord[] | undefined {
  if (length < IGMP_SIZE || view.getUint8(at) !== IgmpType.Report3) return undefined;
  const records: IgmpRecord[] = [];
  let next = at + IGMP.records;
  for (let left = view.getUint16(at + 6); left > 0; left--) {
    if (next + IGMP_SIZE > at + length) return undefined;
    const count = view.getUint16(next + 2);
    // Other data is passed over (section 4.2.10).
    const size = IGMP_SIZE + 4 * (count + view.getUint8(next + 1));
    if (next + size > at + length) return undefined;
    const start = next + IGMP_SIZE;
    const sources = Array.from({ length: count }, (_, index) => IpAddress.read(view, start + 4 * index, 4));
    records.push({ kind: view.getUint8(next), group: IpAddress.read(view, next + 4, 4), sources });
    next += size;
  }
  return records;
}

/** Writes a message of version 1 or 2. */
export function writeIgmp(view: DataView, at: number, type: number, group: IpAddress): void {
  view.setUint32(at, type << 24);
  group.write(view, at + IGMP.group);
}

/** Computes and writes the checksum of a message of `length` bytes. @param sum of the memory that `view` shows */
export function sealIgmp(
  view: DataView,
  at: number,
  length: number,
  sum: (at: number, length: number) => number,
): void {
  view.setUint16(at + IGMP.checksum, 0);
  view.setUint16(at + IGMP.checksum, ~sum(at, length) & 0xffff);
}
