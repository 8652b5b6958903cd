import { canonical, type DnsMessage, type DnsQuestion, type DnsRecord } from './codec.js';

/** What a message comes to for a question. `ttl` is in seconds; 0 must not be kept. */
export type Outcome =
  /** There are records; aliases that led to them come first. */
  | { readonly kind: 'answer'; readonly records: readonly DnsRecord[]; readonly ttl: number }
  /** The name is another's; that one has to be asked for. */
  | { readonly kind: 'alias'; readonly target: string; readonly records: readonly DnsRecord[]; readonly ttl: number }
  /** The name has no records of this type, or does not exist at all. */
  | { readonly kind: 'nodata' | 'nxdomain'; readonly ttl: number }
  /** No server gave an answer. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'timeout' };

/** Aliases followed for one question; more are a loop, or as bad as one. */
export const MAX_ALIASES = 8;

/** Whether a message answers what was asked (RFC 5452 section 9.1): its id, and the question it repeats. */
export function answers(message: DnsMessage, id: number, question: DnsQuestion): boolean {
  if (!message.response || message.id !== id || message.questions.length !== 1) return false;
  const [asked] = message.questions;
  return asked.name === question.name && asked.type === question.type;
}

/**
 * What an answer says. Only records that the name leads to are believed; what else a server puts in is left alone
 * (RFC 5452 section 6).
 */
export function judge(message: DnsMessage, question: DnsQuestion): Outcome {
  if (message.rcode !== 'NOERROR' && message.rcode !== 'NXDOMAIN') return { kind: 'failed', why: message.rcode };
  const records: DnsRecord[] = [];
  let name = question.name;
  for (let aliases = 0; ; aliases++) {
    const own = message.answers.filter((each) => each.name === name);
    const wanted = own.filter((each) => each.type === question.type || question.type === 'ANY');
    if (wanted.length > 0) {
      records.push(...wanted);
      return { kind: 'answer', records, ttl: shortest(records) };
    }
    const alias = own.find((each) => each.type === 'CNAME');
    if (alias === undefined || typeof alias.data !== 'string') break;
    if (aliases === MAX_ALIASES) return { kind: 'failed', why: 'it is an alias without end' };
    records.push(alias);
    name = canonical(alias.data);
  }
  // With aliases in front, NXDOMAIN is said of the last one (RFC 2308 section 2.1).
  if (message.rcode === 'NXDOMAIN') return { kind: 'nxdomain', ttl: negativeTtl(message) };
  if (records.length > 0 && !message.authorities.some((each) => each.type === 'SOA'))
    return { kind: 'alias', target: name, records, ttl: shortest(records) };
  return { kind: 'nodata', ttl: negativeTtl(message) };
}

/** RFC 2308 section 5: the lesser of the SOA's TTL and its minimum; without SOA it is not kept. */
function negativeTtl(message: DnsMessage): number {
  const soa = message.authorities.find((each) => each.type === 'SOA');
  const minimum = (soa?.data as { minimum?: number } | undefined)?.minimum;
  return soa === undefined || minimum === undefined ? 0 : Math.min(soa.ttl, minimum);
}

function shortest(records: readonly DnsRecord[]): number {
  return records.reduce((least, each) => Math.min(least, each.ttl), 0x7fffffff);
}
