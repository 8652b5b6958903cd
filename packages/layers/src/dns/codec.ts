import dnsPacket from 'dns-packet';
import { liesWithin } from './bounds.js';

/** A resource record. `data` is text for A, AAAA, CNAME, NS and PTR, else what the type has (MX: preference, exchange). */
export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  /** Seconds for which it may be kept. */
  readonly ttl: number;
  readonly data: unknown;
}

/** What a message asks for. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: string;
}

/** A message (RFC 1035 section 4), as far as resolvers and servers look at it. */
export interface DnsMessage {
  /** 0..65535, chosen by who asks. */
  readonly id: number;
  readonly response: boolean;
  /** 'QUERY' */
  readonly opcode: string;
  /** 'NOERROR', 'NXDOMAIN', 'SERVFAIL', … */
  readonly rcode: string;
  /** The answer did not fit: ask again over a stream. */
  readonly truncated: boolean;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Bytes the sender takes in one datagram (RFC 6891 section 6.2.3); 512 where it says nothing. */
  readonly payloadSize: number;
  /** The version of EDNS that the sender speaks; -1 where it contradicts itself; left out where it says nothing. */
  readonly edns?: number;
}

const RECURSION_DESIRED = 1 << 8;
const TRUNCATED = 1 << 9;
const AUTHORITATIVE = 1 << 10;
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
/** RFC 1035 section 4.2.1. */
const PLAIN_PAYLOAD = 512;
/** What a server of ours takes in one datagram: no fragment on any link of IPv6. */
const SERVER_PAYLOAD = 1232;
/** RFC 6891 section 6.1.3: 16, whose upper bits stand in the OPT record. */
const BAD_VERSION = 'BADVERS';
/** Where the counts of the sections begin that come after the questions. */
const ANSWER_COUNT = 6;
const HEADER = 12;

/** The codec reads Buffers. It makes them itself when it writes, so that their class is had without importing node. */
const { from: bufferOver } = dnsPacket.name.encode('.').constructor as unknown as {
  from(bytes: ArrayBufferLike, at: number, length: number): Uint8Array;
};

/**
 * Writes a query.
 * @param payloadSize bytes we take in one datagram, announced by EDNS; 0 announces nothing.
 */
export function encodeQuery(id: number, question: DnsQuestion, payloadSize: number): Uint8Array {
  const option = { name: '.', type: 'OPT', udpPayloadSize: payloadSize, data: [] };
  return encode({
    id,
    type: 'query',
    flags: RECURSION_DESIRED,
    questions: [{ ...question, class: 'IN' }],
    additionals: payloadSize === 0 ? [] : [option],
  });
}

/** Writes a message of a server. @throws what dns-packet throws where a record's data does not fit its type. */
export function encodeResponse(message: DnsMessage): Uint8Array {
  const { rcode } = message;
  const extendedRcode = rcode === BAD_VERSION ? 1 : 0;
  const option = { name: '.', type: 'OPT', udpPayloadSize: SERVER_PAYLOAD, ednsVersion: 0, extendedRcode, data: [] };
  return encode({
    id: message.id,
    type: 'response',
    flags:
      AUTHORITATIVE |
      RECURSION_DESIRED |
      (message.truncated ? TRUNCATED : 0) |
      (extendedRcode === 1 ? 0 : RCODES.indexOf(rcode)),
    questions: message.questions.map((each) => ({ ...each, class: 'IN' })),
    answers: message.answers.map((each) => ({ ...each, class: 'IN' })),
    authorities: message.authorities.map((each) => ({ ...each, class: 'IN' })),
    // RFC 6891 section 6.1.1: for those who have one, and for nobody else.
    additionals: message.edns === undefined ? [] : [option],
  });
}

/** Plain bytes: the `slice` of a Buffer would share its memory. */
function encode(message: Parameters<typeof dnsPacket.encode>[0]): Uint8Array {
  const { buffer, byteOffset, length } = dnsPacket.encode(message);
  return new Uint8Array(buffer, byteOffset, length);
}

/** Reads a message. @returns undefined when the bytes are not one. */
export function decodeMessage(bytes: Uint8Array): DnsMessage | undefined {
  if (liesWithin(bytes)) return read(bytes);
  // A truncated message may end within a record: its header and question still say what to do.
  if (bytes.length < HEADER || (bytes[2] & (TRUNCATED >> 8)) === 0) return undefined;
  const head = bytes.slice().fill(0, ANSWER_COUNT, HEADER);
  return liesWithin(head) ? read(head) : undefined;
}

function read(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return messageOf(dnsPacket.decode(bufferOver(bytes.buffer, bytes.byteOffset, bytes.length)));
  } catch {
    return undefined;
  }
}

function messageOf(message: ReturnType<typeof dnsPacket.decode>): DnsMessage {
  const records = (section: typeof message.answers): DnsRecord[] =>
    section
      .filter((each) => each.class === 'IN')
      .map(({ name, type, ttl, data }) => ({ name: canonical(name), type, ttl: lifetime(ttl ?? 0), data }));
  const options = message.additionals.filter((each) => each.type === 'OPT');
  const [option] = options;
  return {
    id: message.id,
    response: message.type === 'response',
    opcode: message.opcode,
    rcode: message.rcode,
    truncated: message.flag_tc,
    questions: message.questions
      .filter((each) => each.class === 'IN')
      .map(({ name, type }) => ({ name: canonical(name), type })),
    answers: records(message.answers),
    authorities: records(message.authorities),
    payloadSize: Math.max(option?.udpPayloadSize ?? PLAIN_PAYLOAD, PLAIN_PAYLOAD),
    ...(option === undefined ? {} : { edns: options.length > 1 ? -1 : (option.ednsVersion ?? 0) }),
  };
}

/** A name as names are compared: case does not count (RFC 1035 section 2.3.3), nor does the dot of the root. */
export function canonical(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\.$/, '');
}

/** A TTL with its highest bit set is zero (RFC 2181 section 8). */
function lifetime(ttl: number): number {
  return ttl > 0x7fffffff ? 0 : ttl;
}
