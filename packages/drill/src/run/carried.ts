import { Cursor } from '../lex.js';
import { Mismatch } from '../outcome.js';
import { readPacket, type ScriptTunneled } from '../parse/packet.js';
import { encapsulate } from './encapsulate.js';
import { readIp } from './frame.js';
import { unwrap } from './unwrap.js';

/**
 * Puts the headers that a script writes before a packet around an IP packet.
 * @param headers for example `ipv4 192.0.2.1 > 192.168.0.1: gre key 7:`
 * @param inner an IP packet, from its first byte.
 * @throws ScriptSyntaxError or Unsupported where they cannot be read.
 */
export function carry(headers: string, inner: Uint8Array): Uint8Array {
  return encapsulate(read(headers).layers, { bytes: inner, type: typeOf(inner) }).bytes;
}

/**
 * Holds the headers around an IP packet against what a script writes.
 * @returns what is behind the IP header of the packet that they carry.
 * @throws Mismatch where a header differs, and what {@link carry} throws.
 */
export function carried(headers: string, packet: Uint8Array): Uint8Array {
  const seen = readIp({ bytes: packet, at: 0, reason: '' }, 0, typeOf(packet));
  if (seen === null) throw new Mismatch('no IP packet');
  return unwrap(read(headers), seen).content;
}

/** Any packet may follow the headers. */
function read(headers: string): ScriptTunneled {
  const packet = readPacket(new Cursor(`${headers} udp (0)`));
  return packet.kind === 'tunneled' ? packet : { kind: 'tunneled', layers: [], packet };
}

function typeOf(packet: Uint8Array): number {
  return packet[0] >> 4 === 6 ? 0x86dd : 0x0800;
}
