import type { ScriptLayer } from '../parse/encapsulation.js';
import type { ScriptPacket, ScriptTcp } from '../parse/packet.js';
import type { Flow } from './flow.js';
import type { WireSegment } from './frame.js';
import { describeOptions, encodeOptions } from './options.js';

const LETTERS = [
  ['F', 0x01],
  ['S', 0x02],
  ['R', 0x04],
  ['P', 0x08],
  ['.', 0x10],
  ['U', 0x20],
  ['E', 0x40],
  ['W', 0x80],
  ['A', 0x100],
] as const;

/** 'S.' for SYN and ACK; '-' for none. */
export function flagLetters(flags: number): string {
  const letters = LETTERS.filter(([, bit]) => (flags & bit) !== 0).map(([letter]) => letter);
  return letters.length === 0 ? '-' : letters.join('');
}

/** A segment that the stack sent in the script's words. */
export function describeSegment(segment: WireSegment, length: number, flow: Flow): string {
  const seq = flow.toScript(segment.seq);
  const parts = [flagLetters(segment.flags), `${seq}:${(seq + length) >>> 0}(${length})`];
  if ((segment.flags & 0x10) !== 0) parts.push(`ack ${segment.ack >>> 0}`);
  parts.push(`win ${segment.window}`);
  if ((segment.flags & 0x20) !== 0) parts.push(`urg ${segment.urgent}`);
  const options = describeOptions(segment.options, flow.seen);
  if (options.length > 0) parts.push(`<${options.join(',')}>`);
  return parts.join(' ');
}

/** An expected or injected packet in the script's words. */
export function describePacket(packet: ScriptPacket): string {
  if (packet.kind === 'tunneled') return `${packet.layers.map(describeLayer).join('')}${describePacket(packet.packet)}`;
  if (packet.kind === 'udp') return `udp (${packet.length})`;
  if (packet.kind === 'icmp') {
    const { type, code } = packet.four ?? packet.six ?? { type: 0, code: 0 };
    return `icmp type ${type} code ${code}`;
  }
  return describeTcp(packet);
}

function describeLayer(layer: ScriptLayer): string {
  if (layer.kind === 'ip') return `ipv${layer.source.version} ${layer.source} > ${layer.destination}: `;
  if (layer.kind === 'gre') return `gre${layer.key === null ? '' : ` key ${layer.key}`}: `;
  return `mpls ${layer.entries.map(({ label, bottom, ttl }) => `(label ${label}${bottom ? ', [S]' : ''}, ttl ${ttl})`).join(' ')}: `;
}

function describeTcp(packet: ScriptTcp): string {
  const end = (packet.seq + packet.length) >>> 0;
  const range = packet.seqKind === 'any' ? `...(${packet.length})` : `${packet.seq}:${end}(${packet.length})`;
  const parts = [flagLetters(packet.flags), range];
  if (packet.ack !== null) parts.push(`ack ${packet.ack}`);
  if (packet.window !== null) parts.push(`win ${packet.window}`);
  if (packet.urgent !== null) parts.push(`urg ${packet.urgent}`);
  if (packet.options === null) parts.push('<...>');
  else if (packet.options.length > 0) parts.push(`<${describeScriptOptions(packet).join(',')}>`);
  return parts.join(' ');
}

/** Expected options in the same words as those that were seen, with the zeros that pad them. */
export function describeScriptOptions(packet: ScriptTcp): string[] {
  const same = { sack: (edge: number) => edge, tsVal: (value: number) => value, tsEcr: (value: number) => value };
  return describeOptions(encodeOptions(packet.options ?? [], same), same);
}
