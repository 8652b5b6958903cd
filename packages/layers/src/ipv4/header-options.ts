import { IpAddress } from '@netwright/core';

/** Options of the IPv4 header (RFC 791 section 3.1). The highest bit of a kind says that fragments copy it. */
export const IpOptionKind = {
  End: 0,
  Nop: 1,
  RecordRoute: 7,
  Timestamp: 68,
  LooseSourceRoute: 131,
  StrictSourceRoute: 137,
  RouterAlert: 148,
} as const;

/** One option; its data is what follows the length byte. */
export interface IpOption {
  readonly kind: number;
  readonly data: Uint8Array;
}

/** Addresses of a record route or source route option. */
export interface IpRoute {
  /** Addresses behind the pointer: not visited yet, or free. */
  readonly visited: readonly IpAddress[];
  readonly left: readonly IpAddress[];
}

/** What a host has to know of the options of a received packet. */
export interface OptionsVerdict {
  /** Offset in the options of the byte that makes no sense, for a parameter problem; -1 where all do. */
  readonly bad: number;
  /** 'passed': all of the source route lies behind; 'open': it goes on. */
  readonly sourceRoute: 'none' | 'passed' | 'open';
}

/** Checks options: lengths, pointers, no option twice that may be there once. */
export function checkIpOptions(bytes: Uint8Array): OptionsVerdict {
  let sourceRoute: OptionsVerdict['sourceRoute'] = 'none';
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at];
    if (kind === IpOptionKind.End) break;
    if (kind === IpOptionKind.Nop) {
      at++;
      continue;
    }
    const length = at + 1 < bytes.length ? bytes[at + 1] : 0;
    if (length < 2 || at + length > bytes.length) return { bad: at + 1, sourceRoute };
    const isSource = kind === IpOptionKind.LooseSourceRoute || kind === IpOptionKind.StrictSourceRoute;
    if (isSource || kind === IpOptionKind.RecordRoute) {
      if (length < 3 || (length - 3) % 4 !== 0) return { bad: at + 1, sourceRoute };
      if (bytes[at + 2] < 4 || bytes[at + 2] % 4 !== 0) return { bad: at + 2, sourceRoute };
    } else if (kind === IpOptionKind.Timestamp) {
      const entry = length < 4 ? 0 : entrySize(bytes[at + 3] & 15);
      if (entry === 0) return { bad: length < 4 ? at + 1 : at + 3, sourceRoute };
      const pointer = bytes[at + 2];
      // Room for half of an entry is an error (RFC 791 section 3.1).
      if (pointer < 5 || (pointer <= length && pointer + entry > length + 1)) return { bad: at + 2, sourceRoute };
    }
    if (isSource) {
      // RFC 1122 section 3.2.1.8 (c): two source routes make no sense.
      if (sourceRoute !== 'none') return { bad: at, sourceRoute };
      sourceRoute = bytes[at + 2] > length ? 'passed' : 'open';
    }
    at += length;
  }
  return { bad: -1, sourceRoute };
}

/** Bytes of what one module writes into a timestamp option; 0 for flags that mean nothing. */
function entrySize(flag: number): number {
  if (flag === 0) return 4;
  return flag === 1 || flag === 3 ? 8 : 0;
}

/** Offset of the first option of this kind among checked ones, or -1. */
export function findIpOption(bytes: Uint8Array, wanted: number): number {
  for (let at = 0; at < bytes.length && bytes[at] !== IpOptionKind.End; ) {
    if (bytes[at] === wanted) return at;
    at += bytes[at] === IpOptionKind.Nop ? 1 : bytes[at + 1];
  }
  return -1;
}

/** The options one by one, without padding. @returns undefined when they make no sense. */
export function readIpOptions(bytes: Uint8Array): IpOption[] | undefined {
  if (checkIpOptions(bytes).bad >= 0) return undefined;
  const options: IpOption[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== IpOptionKind.End; ) {
    const kind = bytes[at];
    const length = kind === IpOptionKind.Nop ? 1 : bytes[at + 1];
    if (kind !== IpOptionKind.Nop) options.push({ kind, data: bytes.slice(at + 2, at + length) });
    at += length;
  }
  return options;
}

/** Options as bytes, padded to a multiple of 4. @throws RangeError when they take more than 40 bytes. */
export function writeIpOptions(options: readonly IpOption[]): Uint8Array {
  const length = options.reduce((sum, { data }) => sum + 2 + data.length, 0);
  const padded = (length + 3) & ~3;
  if (padded > 40) throw new RangeError(`IP options take ${padded} bytes, not at most 40`);
  const bytes = new Uint8Array(padded);
  let at = 0;
  for (const { kind, data } of options) {
    bytes[at] = kind;
    bytes[at + 1] = data.length + 2;
    bytes.set(data, at + 2);
    at += data.length + 2;
  }
  return bytes;
}

/** A record route option with room for `count` addresses. */
export function recordRoute(count: number): IpOption {
  const data = new Uint8Array(1 + 4 * count);
  data[0] = 4;
  return { kind: IpOptionKind.RecordRoute, data };
}

/**
 * A timestamp option.
 * @param asked the modules whose time is asked for; or how many may note theirs, each with its address.
 */
export function timestamps(asked: readonly IpAddress[] | number): IpOption {
  const count = typeof asked === 'number' ? asked : asked.length;
  const data = new Uint8Array(2 + 8 * count);
  data.set([5, typeof asked === 'number' ? 1 : 3]);
  const view = new DataView(data.buffer);
  if (typeof asked !== 'number') for (const [index, each] of asked.entries()) each.write(view, 2 + 8 * index);
  return { kind: IpOptionKind.Timestamp, data };
}

/** The addresses of a record route or source route option. */
export function readIpRoute(option: IpOption): IpRoute {
  const { data } = option;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const visited: IpAddress[] = [];
  const left: IpAddress[] = [];
  for (let at = 1; at + 4 <= data.length; at += 4) {
    // The pointer counts from the kind byte, from 1; `data` begins two bytes later.
    (at + 3 < data[0] ? visited : left).push(IpAddress.read(view, at, 4));
  }
  return { visited, left };
}

const NONE = new Uint8Array(0);

/** The options that later fragments carry, padded. */
export function copiedOptions(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return NONE;
  return writeIpOptions((readIpOptions(bytes) ?? []).filter(({ kind }) => kind >= 0x80));
}
