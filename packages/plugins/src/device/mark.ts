import { type Packet, replaceInSum } from '@netwright/core';

const ETHERNET = 14;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const CONGESTION_EXPERIENCED = 3;

/**
 * Marks the packet in an Ethernet frame as a congested router would (RFC 3168 section 5): only where its sender has said
 * that it understands.
 * @returns whether it is marked now and was not before.
 */
export function markCongestion(packet: Packet): boolean {
  const { view, start, end } = packet;
  if (end - start < ETHERNET + 20) return false;
  const type = view.getUint16(start + 12);
  const at = start + ETHERNET;
  // The first word of either header holds the ECN field: its lowest bits in IPv4, the traffic class's in IPv6.
  const shift = type === IPV4 ? 0 : type === IPV6 ? 4 : -1;
  if (shift < 0) return false;
  const before = view.getUint16(at);
  const codepoint = (before >> shift) & 3;
  if (codepoint === 0 || codepoint === CONGESTION_EXPERIENCED) return false;
  const after = before | (CONGESTION_EXPERIENCED << shift);
  view.setUint16(at, after);
  // RFC 1624: only this word of the IPv4 header has changed; IPv6 has no checksum of it.
  if (type === IPV4) view.setUint16(at + 10, ~replaceInSum(~view.getUint16(at + 10) & 0xffff, before, after) & 0xffff);
  return true;
}
