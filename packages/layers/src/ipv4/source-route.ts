import { IpAddress } from '@netwright/core';
import { findIpOption, IpOptionKind } from './header-options.js';

const ADDRESSES = 3;

/** How packets with given options leave. */
export interface Itinerary {
  /** Where each packet is sent first: what its header names as the destination. */
  readonly first: IpAddress;
  /** The options as they leave. */
  readonly options: Uint8Array;
  /** Whether `first` has to be on the link. */
  readonly strict: boolean;
}

/** Offset of the source route among checked options; -1 where there is none. */
export function findSourceRoute(options: Uint8Array): number {
  const loose = findIpOption(options, IpOptionKind.LooseSourceRoute);
  return loose >= 0 ? loose : findIpOption(options, IpOptionKind.StrictSourceRoute);
}

/**
 * What becomes of options that a program wrote for packets to `destination`. It lists the gateways in its source route;
 * on the wire the first of them stands as the destination, and the destination last in the list (RFC 1122 section
 * 3.2.1.8 (c), case A).
 */
export function itinerary(written: Uint8Array, destination: IpAddress): Itinerary {
  const at = findSourceRoute(written);
  if (at < 0 || written[at + 1] < ADDRESSES + 4) return { first: destination, options: written, strict: false };
  const options = written.slice();
  const view = new DataView(options.buffer);
  const first = IpAddress.read(view, at + ADDRESSES, 4);
  const end = at + options[at + 1];
  options.copyWithin(at + ADDRESSES, at + ADDRESSES + 4, end);
  destination.write(view, end - 4);
  return { first, options, strict: options[at] === IpOptionKind.StrictSourceRoute };
}

/**
 * The source route that answers a packet, to be given as options of a path to its sender (RFC 1122 section 3.2.1.8 (c)).
 * @param options as they came. @param sender whom the header names as the source.
 * @returns undefined where they hold no source route that has come to its end.
 */
export function returnRoute(options: Uint8Array, sender: IpAddress): Uint8Array | undefined {
  const at = findSourceRoute(options);
  if (at < 0 || options[at + 2] <= options[at + 1]) return undefined;
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  const gateways: IpAddress[] = [];
  for (let each = at + ADDRESSES; each < at + options[at + 1]; each += 4)
    gateways.unshift(IpAddress.read(view, each, 4));
  // Some list their own address first (case B of section 3.2.1.8 (c)): the way back ends there anyway.
  if (gateways.length > 0 && gateways[gateways.length - 1].equals(sender)) gateways.pop();
  return gateways.length === 0 ? undefined : sourceRoute(gateways, options[at] === IpOptionKind.StrictSourceRoute);
}

/** Options with a source route by these gateways, at most nine. @throws RangeError when there are more */
export function sourceRoute(gateways: readonly IpAddress[], strict = false): Uint8Array {
  const length = ADDRESSES + 4 * gateways.length;
  if (length > 39) throw new RangeError(`a source route has ${gateways.length} gateways, not at most 9`);
  const options = new Uint8Array((length + 3) & ~3);
  options.set([strict ? IpOptionKind.StrictSourceRoute : IpOptionKind.LooseSourceRoute, length, 4]);
  const view = new DataView(options.buffer);
  for (const [index, each] of gateways.entries()) each.write(view, ADDRESSES + 4 * index);
  return options;
}

/** Where a packet with these options was sent in the end, whatever its header says on its way. */
export function finalDestination(options: Uint8Array, named: IpAddress): IpAddress {
  const at = findSourceRoute(options);
  if (at < 0 || options[at + 2] > options[at + 1]) return named;
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  return IpAddress.read(view, at + options[at + 1] - 4, 4);
}

/** The next address of a source route at `at` that goes on. */
export function nextGateway(options: Uint8Array, at: number): IpAddress {
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  return IpAddress.read(view, at + options[at + 2] - 1, 4);
}

/** Writes `own` in place of the address just used, and moves on (RFC 791 section 3.1). */
export function advance(options: Uint8Array, at: number, own: IpAddress): void {
  const view = new DataView(options.buffer, options.byteOffset, options.length);
  own.write(view, at + options[at + 2] - 1);
  options[at + 2] += 4;
}
