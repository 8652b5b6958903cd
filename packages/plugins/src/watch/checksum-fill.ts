import { addSums, ChecksumState, type Packet } from '@netwright/core';

/**
 * Completes the transport checksum in `frame`, a copy of `packet`'s bytes, where the stack left it to the device: a
 * capture shows what would be on a wire. Frames that are complete, or not TCP or UDP, stay as they are.
 */
export function fillChecksum(frame: Uint8Array, packet: Packet): void {
  if (packet.checksum === ChecksumState.Plain || frame.length < 34) return;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  let network = 14;
  let type = view.getUint16(12);
  if (type === 0x8100) {
    type = view.getUint16(16);
    network = 18;
  }
  if (type === 0x0800) fill4(packet, view, network);
  else if (type === 0x86dd) fill6(packet, view, network);
}

function fill4(packet: Packet, view: DataView, network: number): void {
  const header = (view.getUint8(network) & 15) * 4;
  const length = view.getUint16(network + 2);
  const fragment = view.getUint16(network + 6) & 0x3fff;
  if (fragment !== 0 || network + length > view.byteLength || length < header) return;
  fill(packet, view, network + header, length - header, view.getUint8(network + 9), network + 12, 8);
}

function fill6(packet: Packet, view: DataView, network: number): void {
  const length = view.getUint16(network + 4);
  if (network + 40 + length > view.byteLength) return;
  fill(packet, view, network + 40, length, view.getUint8(network + 6), network + 8, 32);
}

/** The pseudo-header is the addresses, the protocol and the length (RFC 9293 section 3.1, RFC 8200 section 8.1). */
function fill(
  packet: Packet,
  view: DataView,
  at: number,
  length: number,
  protocol: number,
  addresses: number,
  size: number,
): void {
  const place = protocol === 6 ? 16 : protocol === 17 ? 6 : -1;
  if (place < 0 || length < place + 2) return;
  const { pool, start } = packet;
  // What is in the field now, the partial sum, is taken out of the sum of the segment again.
  const segment = addSums(pool.sum(start + at, length), ~view.getUint16(at + place) & 0xffff);
  const pseudo = addSums(pool.sum(start + addresses, size), addSums(protocol, length));
  const checksum = ~addSums(segment, pseudo) & 0xffff;
  view.setUint16(at + place, checksum === 0 && protocol === 17 ? 0xffff : checksum);
}
