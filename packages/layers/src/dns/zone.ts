import { canonical, type DnsMessage, type DnsQuestion, type DnsRecord } from './codec.js';
import { MAX_ALIASES } from './outcome.js';

/** The names that a server knows, and what it says about them. */
export class Zone {
  private readonly records = new Map<string, DnsRecord[]>();

  /** @param negativeTtl seconds for which an absence may be kept. */
  constructor(
    records: readonly DnsRecord[],
    private readonly negativeTtl: number,
  ) {
    for (const each of records) this.add(each);
  }

  add(record: DnsRecord): void {
    const name = canonical(record.name);
    const own = this.records.get(name);
    if (own === undefined) this.records.set(name, [record]);
    else own.push(record);
  }

  /** The answer to a query (RFC 1034 section 4.3.2, without delegations). */
  answer(query: DnsMessage): DnsMessage {
    const [question] = query.questions;
    if (query.opcode !== 'QUERY') return this.message(query, 'NOTIMP', []);
    const { edns = 0 } = query;
    // RFC 6891 section 6.1.3, before anything is said of the question.
    if (edns > 0) return this.message(query, 'BADVERS', []);
    if (question === undefined || query.questions.length > 1 || edns < 0) return this.message(query, 'FORMERR', []);
    const { rcode, answers } = this.find(question);
    return this.message(query, rcode, answers);
  }

  private find(question: DnsQuestion): { rcode: string; answers: DnsRecord[] } {
    const answers: DnsRecord[] = [];
    let name = question.name;
    for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      const own = this.records.get(name);
      if (own === undefined) return { rcode: 'NXDOMAIN', answers };
      const wanted = own.filter((each) => each.type === question.type || question.type === 'ANY');
      const alias = wanted.length > 0 ? undefined : own.find((each) => each.type === 'CNAME');
      answers.push(...wanted);
      if (alias === undefined) break;
      answers.push(alias);
      name = canonical(String(alias.data));
    }
    return { rcode: 'NOERROR', answers };
  }

  private message(query: DnsMessage, rcode: string, answers: DnsRecord[]): DnsMessage {
    const wanted = answers.some((each) => each.type !== 'CNAME' || each.type === query.questions[0]?.type);
    const absent = (rcode === 'NOERROR' || rcode === 'NXDOMAIN') && !wanted;
    return {
      ...query,
      response: true,
      rcode,
      truncated: false,
      answers,
      authorities: absent ? [this.authority()] : [],
    };
  }

  /** RFC 2308 section 3: an absence comes with the SOA, which says how long it holds. */
  private authority(): DnsRecord {
    const { negativeTtl } = this;
    const data = {
      mname: 'ns.invalid',
      rname: 'hostmaster.invalid',
      serial: 1,
      refresh: 3600,
      retry: 600,
      expire: 86400,
      minimum: negativeTtl,
    };
    return { name: '.', type: 'SOA', ttl: negativeTtl, data };
  }
}
