import { IpAddress } from '@netwright/core';

/**
 * MLD (RFC 3810 section 5; version 1, RFC 2710, ends after the group). It travels as ICMPv6.
 *
 * | offset | bytes | query                                   | report of version 2                   |
 * |-------:|------:|-----------------------------------------|---------------------------------------|
 * |      0 |     1 | type 130                                | type 143                              |
 * |      1 |     1 | code 0                                  | reserved                              |
 * |      2 |     2 | checksum, with the pseudo-header        | the same                              |
 * |      4 |     2 | within which to answer, ms              | reserved                              |
 * |      6 |     2 | reserved                                | count of records                      |
 * |      8 |    16 | group; ::: all                          | records: kind, length of other data,  |
 * |     24 |     1 | S flag, robustness                      | count of sources (2), group (16),     |
 * |     25 |     1 | time between queries, s                 | sources                               |
 * |     26 |     2 | count of sources, which follow          |                                       |
 */
export const MLD = {
  type: 0,
  checksum: 2,
  response: 4,
  group: 8,
  interval: 25,
  count: 26,
  sources: 28,
  records: 8,
} as const;

/** Bytes of a message of version 1. */
export const MLD1_SIZE = 24;
/** The shortest query of version 2. */
const QUERY2_SIZE = 28;
/** Bytes before the records of a report, and of a record without sources. */
export const MLD_HEAD = 8;
export const MLD_RECORD = 20;

/** Message types. */
export const MldType = { Query: 130, Report1: 131, Done: 132, Report2: 143 } as const;

/** A query as a value. */
export interface MldQuery {
  readonly version: 1 | 2;
  /** null: all groups. */
  readonly group: IpAddress | null;
  readonly sources: readonly IpAddress[];
  /** ms within which to answer. */
  readonly within: number;
  /** ms between general queries; 0 where it is not said. */
  readonly interval: number;
}

/** One record of a report. */
export interface MldRecord {
  readonly kind: number;
  readonly group: IpAddress;
  readonly sources: readonly IpAddress[];
}

/** Reads a query of `length` bytes. @returns undefined where it is none, or of a length that no version has (RFC 3810 section 8.1). */
export function readMldQuery(view: DataView, at: number, length: number): MldQuery | undefined {
  if (length < MLD1_SIZE || view.getUint8(at) !== MldType.Query) return undefined;
  const code = view.getUint16(at + MLD.response);
  const named = IpAddress.read(view, at + MLD.group, 16);
  const group = named.isAny ? null : named;
  if (length === MLD1_SIZE) return { version: 1, group, sources: [], within: code, interval: 0 };
  if (length < QUERY2_SIZE) return undefined;
  const count = view.getUint16(at + MLD.count);
  if (QUERY2_SIZE + 16 * count > length) return undefined;
  const sources = Array.from({ length: count }, (_, index) => IpAddress.read(view, at + MLD.sources + 16 * index, 16));
  // RFC 3810 sections 5.1.3 and 5.1.9: large values are numbers with an exponent.
  const within = code < 0x8000 ? code : ((code & 0xfff) | 0x1000) << (((code >>> 12) & 7) + 3);
  const qqic = view.getUint8(at + MLD.interval);
  const interval = (qqic < 128 ? qqic : ((qqic & 15) | 16) << (((qqic >>> 4) & 7) + 3)) * 1000;
  return { version: 2, group, sources, within, interval };
}

/** The group of a message of version 1. @returns undefined where it is too short for one. */
export function readMldGroup(view: DataView, at: number, length: number): IpAddress | undefined {
  return length < MLD1_SIZE ? undefined : IpAddress.read(view, at + MLD.group, 16);
}

/** Bytes of a report of version 2. */
export function mldReportSize(records: readonly MldRecord[]): number {
  return records.reduce((sum, { sources }) => sum + MLD_RECORD + 16 * sources.length, MLD_HEAD);
}

/** Writes a report of version 2, its checksum 0. */
export function writeMldReport(view: DataView, at: number, records: readonly MldRecord[]): void {
  view.setUint32(at, MldType.Report2 << 24);
  view.setUint32(at + 4, records.length);
  let next = at + MLD.records;
  for (const { kind, group, sources } of records) {
    view.setUint32(next, (kind << 24) | sources.length);
    group.write(view, next + 4);
    next += MLD_RECORD;
    for (const each of sources) {
      each.write(view, next);
      next += 16;
    }
  }
}

/** Reads a report of version 2. @returns undefined where it is none. */
export function readMldReport(view: DataView, at: number, length: number): MldRecord[] | undefined {
  if (length < MLD_HEAD || view.getUint8(at) !== MldType.Report2) return undefined;
  const records: MldRecord[] = [];
  let next = at + MLD.records;
  for (let left = view.getUint16(at + 6); left > 0; left--) {
    if (next + MLD_RECORD > at + length) return undefined;
    const count = view.getUint16(next + 2);
    const size = MLD_RECORD + 16 * count + 4 * view.getUint8(next + 1);
    if (next + size > at + length) return undefined;
    const start = next + MLD_RECORD;
    const sources = Array.from({ length: count }, (_, index) => IpAddress.read(view, start + 16 * index, 16));
    records.push({ kind: view.getUint8(next), group: IpAddress.read(view, next + 4, 16), sources });
    next += size;
  }
  return records;
}

/** Writes a message of version 1, its checksum 0. */
export function writeMld(view: DataView, at: number, type: number, group: IpAddress): void {
  view.setUint32(at, type << 24);
  view.setUint32(at + MLD.response, 0);
  group.write(view, at + MLD.group);
}
