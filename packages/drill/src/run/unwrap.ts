import { Mismatch, Unsupported } from '../outcome.js';
import type { ScriptTunneled } from '../parse/packet.js';
import { checkAddresses, checkIp } from './compare.js';
import { describePacket } from './describe.js';
import { greHeader, labels } from './encapsulate.js';
import { readIp, type SeenPacket } from './frame.js';

/** What is wanted where the stack would have to be the end of a tunnel. */
export function tunnelFor({ layers }: ScriptTunneled): Unsupported {
  const names = layers.map((each) => (each.kind === 'ip' ? `ipv${each.source.version}` : each.kind));
  return new Unsupported(`a tunnel (${names.join(', ')})`);
}

/**
 * Holds the headers around a packet against what the script expects.
 * @returns the packet that they carry.
 * @throws Mismatch where a header differs.
 */
export function unwrap(expected: ScriptTunneled, seen: SeenPacket): SeenPacket {
  let outer: SeenPacket | null = seen;
  let bytes: Uint8Array = seen.content;
  let type = typeOf(seen.protocol, bytes);
  for (const layer of expected.layers) {
    const fail = (problem: string): never => {
      throw new Mismatch(problem, describePacket(expected), `in the header ${layer.kind}`);
    };
    if (layer.kind === 'ip') {
      outer ??= ipOf(bytes, type, seen) ?? fail('no IP header');
      checkAddresses(layer, outer, fail);
      checkIp(layer.ip, outer, fail);
      bytes = outer.content;
      type = typeOf(outer.protocol, bytes);
      outer = null;
      continue;
    }
    if (outer !== null) fail('an IP header around it');
    const size: number = layer.kind === 'gre' ? greSize(bytes) : 4 * layer.entries.length;
    const rest: Uint8Array = bytes.subarray(size);
    const inner = layer.kind === 'gre' ? new DataView(bytes.buffer, bytes.byteOffset).getUint16(2) : version(rest);
    const wanted = layer.kind === 'gre' ? greHeader(layer, { bytes: rest, type: inner }) : labels(layer.entries);
    const same = wanted.length === size && wanted.every((byte, i) => byte === bytes[i]);
    if (!same || size > bytes.length) fail('another header');
    bytes = rest;
    type = inner;
  }
  const carried = outer ?? ipOf(bytes, type, seen);
  if (carried === null) throw new Mismatch('no packet inside', describePacket(expected), `type 0x${type.toString(16)}`);
  return carried;
}

function ipOf(bytes: Uint8Array, type: number, { at, reason }: SeenPacket): SeenPacket | null {
  return readIp({ at, reason, bytes }, 0, type);
}

/** The EtherType of what a protocol of IP carries. */
function typeOf(protocol: number, bytes: Uint8Array): number {
  if (protocol === 4) return 0x0800;
  if (protocol === 41) return 0x86dd;
  return protocol === 137 ? 0x8847 : version(bytes);
}

/** Labels do not say what follows them; the first four bits of IP do. */
function version(bytes: Uint8Array): number {
  return bytes[0] >> 4 === 6 ? 0x86dd : 0x0800;
}

function greSize(bytes: Uint8Array): number {
  const flags = bytes[0] << 8;
  return 4 + 4 * (Number((flags & 0x8000) !== 0) + Number((flags & 0x2000) !== 0) + Number((flags & 0x1000) !== 0));
}
