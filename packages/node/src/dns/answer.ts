import { type DnsMessage, type DnsRecord, judge } from '@netwright/layers';

/** What a question comes to: Node's result, or c-ares' code for why there is none. */
export type Answer =
  | { readonly error: null; readonly result: unknown; readonly ttls?: readonly number[] }
  | { readonly error: string };

/** What dns.js calls a channel by, and the record that is asked for. */
export const QUERIES = {
  queryA: 'A',
  queryAaaa: 'AAAA',
  queryAny: 'ANY',
  queryCaa: 'CAA',
  queryCname: 'CNAME',
  queryMx: 'MX',
  queryNaptr: 'NAPTR',
  queryNs: 'NS',
  queryPtr: 'PTR',
  querySoa: 'SOA',
  querySrv: 'SRV',
  queryTlsa: 'TLSA',
  queryTxt: 'TXT',
} as const;

/** A record that a channel may be asked for. */
export type QueryType = (typeof QUERIES)[keyof typeof QUERIES];

/** RFC 1035 section 4.1.1, in c-ares' words. */
const REFUSALS: Readonly<Record<string, string>> = {
  FORMERR: 'EFORMERR',
  SERVFAIL: 'ESERVFAIL',
  NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED',
};

/** Reads a server's answer as Node shows it. */
export function readAnswer(message: DnsMessage, name: string, type: QueryType): Answer {
  const outcome = judge(message, { name, type });
  if (outcome.kind === 'nxdomain') return { error: 'ENOTFOUND' };
  if (outcome.kind === 'failed') return { error: REFUSALS[message.rcode] ?? 'ESERVFAIL' };
  if (outcome.kind !== 'answer') return { error: 'ENODATA' };
  return readRecords(outcome.records, type);
}

/** The records that lead to the answer come first; those of the type are the answer. */
export function readRecords(records: readonly DnsRecord[], type: QueryType): Answer {
  try {
    if (type === 'ANY')
      return { error: null, result: ANY_ORDER.flatMap((of) => records.flatMap((each) => anyOf(each, of))) };
    const wanted = records.filter((each) => each.type === type);
    if (wanted.length === 0) return { error: 'ENODATA' };
    const ttls = type === 'A' || type === 'AAAA' ? wanted.map((each) => each.ttl) : undefined;
    const shape = (each: DnsRecord) => withType(SHAPES[type](each.data), type);
    const result = type === 'SOA' ? shape(wanted[0]) : wanted.map(shape);
    return { error: null, result, ...(ttls === undefined ? {} : { ttls }) };
  } catch {
    // Data that does not fit its type is the server's mistake.
    return { error: 'EBADRESP' };
  }
}

/** What the codec makes of a record's data. */
interface Wire {
  readonly [field: string]: unknown;
}

/** Record data as `dns.resolve*` shows it. */
const SHAPES: { readonly [T in Exclude<QueryType, 'ANY'>]: (data: unknown) => unknown } = {
  A: String,
  AAAA: String,
  CNAME: String,
  NS: String,
  PTR: String,
  CAA: (data) => {
    const { flags, tag, value } = data as Wire;
    return { critical: flags, [String(tag)]: value };
  },
  MX: (data) => {
    const { preference, exchange } = data as Wire;
    return { exchange, priority: preference };
  },
  NAPTR: (data) => {
    const { flags, services, regexp, replacement, order, preference } = data as Wire;
    return { flags, service: services, regexp, replacement, order, preference };
  },
  SOA: (data) => {
    const { mname, rname, serial, refresh, retry, expire, minimum } = data as Wire;
    return { nsname: mname, hostmaster: rname, serial, refresh, retry, expire, minttl: minimum };
  },
  SRV: (data) => {
    const { target, port, priority, weight } = data as Wire;
    return { name: target, port, priority, weight };
  },
  TLSA: (data) => {
    const { usage, selector, matchingType, certificate } = data as Wire;
    return { certUsage: usage, selector, match: matchingType, data: new Uint8Array(certificate as Buffer).buffer };
  },
  TXT: (data) => [data].flat().map((each) => Buffer.from(each as Uint8Array).toString('latin1')),
};

/** From version 24 on, Node names the type of some records, or has an empty place for it. */
const TYPED: Readonly<Partial<Record<QueryType, string | undefined>>> =
  Number(process.versions.node.split('.')[0]) < 24
    ? {}
    : { CAA: 'CAA', MX: 'MX', NAPTR: undefined, SOA: undefined, SRV: 'SRV' };

function withType(shape: unknown, type: QueryType): unknown {
  if (!(type in TYPED)) return shape;
  const { critical, ...rest } = shape as { critical?: number };
  return type === 'CAA' ? { critical, type, ...rest } : { ...rest, type: TYPED[type] };
}

/** Node shows kind after kind; what it does not know is left out. */
const ANY_ORDER = ['A', 'CNAME', 'AAAA', 'MX', 'NS', 'TXT', 'SRV', 'PTR', 'NAPTR', 'SOA', 'CAA', 'TLSA'] as const;

/** A record as `resolveAny` shows it, if it is of the kind. */
function anyOf({ type, ttl, data }: DnsRecord, kind: (typeof ANY_ORDER)[number]): object[] {
  if (type !== kind) return [];
  const shape = SHAPES[kind](data);
  switch (type) {
    case 'A':
    case 'AAAA':
      return [{ address: shape, ttl, type }];
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return [{ value: shape, type }];
    case 'TXT':
      return [{ entries: shape, type }];
    default:
      return [{ ...(shape as object), type }];
  }
}
