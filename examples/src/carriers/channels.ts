import { createHmac } from 'node:crypto';
import {
  type ConnectionId,
  DefaultOptionLayout,
  IP_ID,
  type OptionFacts,
  type OptionsOf,
  override,
  TCP_ISN,
  TCP_OPTIONS,
} from 'netwright';
import { BitSource } from './bits.js';
import type { Channel } from './cover.js';
import { Extractor, type Frame, isSyn } from './extract.js';

/**
 * The crude one: the message as it is, four bytes in each initial sequence number, two in each identification, as if
 * nobody looked.
 */
export function basic(message: string): Channel {
  const source = new BitSource(message);
  return {
    source,
    overrides: [
      override(TCP_ISN, { value: { initial: () => source.take(32) } }, 'carrier.isn'),
      override(IP_ID, { value: { next: () => source.take(16) } }, 'carrier.id'),
    ],
    extractor: new Extractor((frame) => [...sequence(frame), ...identification(frame)]),
  };
}

/**
 * The quiet one: carriers only where the stack draws at random, and there the message is whitened by a key that both
 * ends have: initial sequence numbers, and identifications where DF is not set. Where it is they stay 0.
 */
export function stealth(message: string, key: string): Channel {
  const source = new BitSource(message);
  let [sent, seen] = [0, 0];
  const isn = {
    initial: (id: ConnectionId) => (source.take(32) ^ keystream(key, `isn ${id.localPort} ${id.remotePort}`, 32)) >>> 0,
  };
  const id = {
    next: (_: unknown, fragmentable: boolean) =>
      fragmentable ? source.take(16) ^ keystream(key, `id ${sent++}`, 16) : 0,
  };
  return {
    source,
    overrides: [override(TCP_ISN, { value: isn }, 'carrier.isn')],
    datagrams: [override(IP_ID, { value: id }, 'carrier.id')],
    extractor: new Extractor((frame) => {
      if (isSyn(frame)) {
        const stream = keystream(key, `isn ${frame['tcp.srcport']} ${frame['tcp.dstport']}`, 32);
        return sequence(frame).map(({ value, bits }) => ({ value: (value ^ stream) >>> 0, bits }));
      }
      if (frame['udp.srcport'] === undefined) return [];
      const stream = keystream(key, `id ${seen++}`, 16);
      return [{ value: (frame['ip.id'] as number) ^ stream, bits: 16 }];
    }),
  };
}

/** RFC 6994: an option for experiments; its number says which. */
const EXPERIMENT = 254;
const NUMBER = 0x4e57;
/** Bytes that one option carries. */
const ROOM = 20;

/** The fast one: besides what the crude one uses, twenty bytes in an option of each segment. */
export function highThroughput(message: string): Channel {
  const source = new BitSource(message);
  class Carrier extends DefaultOptionLayout {
    override write(kind: OptionsOf, facts: OptionFacts, view: DataView, at: number): number {
      const size = super.write(kind, facts, view, at);
      if (kind !== 'segment' || size + 4 + ROOM > 40) return size;
      view.setUint32(at + size, (EXPERIMENT << 24) | ((4 + ROOM) << 16) | NUMBER);
      for (let i = 0; i < ROOM; i += 4) view.setUint32(at + size + 4 + i, source.take(32));
      return size + 4 + ROOM;
    }

    override usual(facts: OptionFacts): number {
      return super.usual(facts) + 4 + ROOM;
    }
  }
  return {
    source,
    overrides: [
      override(TCP_ISN, { value: { initial: () => source.take(32) } }, 'carrier.isn'),
      override(TCP_OPTIONS, { value: new Carrier() }, 'carrier.options'),
      override(IP_ID, { value: { next: () => source.take(16) } }, 'carrier.id'),
    ],
    extractor: new Extractor((frame) => [...sequence(frame), ...option(frame), ...identification(frame)]),
  };
}

function sequence(frame: Frame) {
  return isSyn(frame) ? [{ value: frame['tcp.seq'] as number, bits: 32 }] : [];
}

function identification(frame: Frame) {
  return frame['tcp.srcport'] === undefined ? [] : [{ value: frame['ip.id'] as number, bits: 16 }];
}

function option(frame: Frame) {
  const { bytes } = frame;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 14 + 20 + 20;
  for (
    let at = header;
    frame['tcp.srcport'] !== undefined && at + 4 + ROOM <= 34 + (frame['tcp.hdr_len'] as number);
    at++
  ) {
    if (view.getUint32(at) !== ((EXPERIMENT << 24) | ((4 + ROOM) << 16) | NUMBER) >>> 0) continue;
    return [0, 4, 8, 12, 16].map((i) => ({ value: view.getUint32(at + 4 + i), bits: 32 }));
  }
  return [];
}

/** Bits that nobody can tell from chance who has not the key; other ones for each purpose. */
function keystream(key: string, purpose: string, bits: 16 | 32): number {
  const digest = createHmac('sha256', key).update(purpose).digest();
  return bits === 32 ? digest.readUInt32BE() : digest.readUInt16BE();
}
