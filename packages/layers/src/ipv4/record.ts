import type { IpAddress } from '@netwright/core';
import { findIpOption, IpOptionKind } from './header-options.js';

const DAY = 86_400_000;

/** What a module notes in the flag field of a timestamp option (RFC 791 section 3.1). */
export const TimestampFlag = { Alone: 0, WithAddress: 1, Prespecified: 3 } as const;

/**
 * Notes that a packet has been here, in place: our address in a record route, the time in a timestamp option.
 * @param options checked ones. @param own the address on the side where the packet goes on.
 * @param wall ms since 1970. @param isOwn whether an address (32 bits) is one of ours.
 * @returns whether there was room for the count of those that found none (RFC 791: else the packet is in error).
 */
export function record(
  options: Uint8Array,
  own: IpAddress,
  wall: number,
  isOwn: (address: number) => boolean,
): boolean {
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  const route = findIpOption(options, IpOptionKind.RecordRoute);
  if (route >= 0 && options[route + 2] < options[route + 1]) {
    own.write(view, route + options[route + 2] - 1);
    options[route + 2] += 4;
  }
  const stamps = findIpOption(options, IpOptionKind.Timestamp);
  return stamps < 0 || stamp(view, stamps, own, Math.floor(wall) % DAY, isOwn);
}

function stamp(view: DataView, at: number, own: IpAddress, time: number, isOwn: (address: number) => boolean): boolean {
  const length = view.getUint8(at + 1);
  const pointer = view.getUint8(at + 2);
  const flags = view.getUint8(at + 3);
  const flag = flags & 15;
  if (pointer > length) {
    if (flag === TimestampFlag.Prespecified) return true;
    if (flags >>> 4 === 15) return false;
    view.setUint8(at + 3, flags + 16);
    return true;
  }
  let place = at + pointer - 1;
  if (flag === TimestampFlag.Prespecified && !isOwn(view.getInt32(place))) return true;
  if (flag === TimestampFlag.WithAddress) own.write(view, place);
  if (flag !== TimestampFlag.Alone) place += 4;
  view.setUint32(place, time);
  view.setUint8(at + 2, place + 5 - at);
  return true;
}
