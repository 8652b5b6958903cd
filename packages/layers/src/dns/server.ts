import { HOST, type Host, IpAddress, Layer, layer, type Packet } from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { carriesDatagrams, type Datagrams } from '../ip/datagrams.js';
import { type DnsMessage, type DnsRecord, decodeMessage, encodeResponse } from './codec.js';
import { nameProblem } from './name.js';
import { DNS_ANSWER } from './reasons.js';
import { DNS_SERVER_OPTIONS, type DnsServerOptions, dnsServerSettings } from './settings.js';
import { Zone } from './zone.js';

/** The port of DNS. */
export const DNS_PORT = 53;

/**
 * A small server of names, for labs and tests: it answers from a table, over UDP port 53. It is a layer over UDP, and
 * an example of one. Override `respond` to have one that lies, is slow, or breaks.
 */
@layer({ name: 'dns-server', over: [{ layer: 'udp', key: DNS_PORT }] })
export class DnsServer extends Layer {
  readonly counters = { queries: 0, malformed: 0, unsent: 0, truncated: 0 };
  readonly zone: Zone;
  private udp: Datagrams | null = null;

  /** @throws EINVAL for a record that cannot be sent. */
  constructor(
    @inject(HOST) protected readonly host: Host,
    @inject(DNS_SERVER_OPTIONS) options: DnsServerOptions = {},
  ) {
    super();
    const { records, negativeTtl } = dnsServerSettings.parse(options);
    for (const each of records) checkRecord(each);
    this.zone = new Zone(records, negativeTtl);
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (carriesDatagrams(lower)) this.udp = lower;
  }

  override receive(packet: Packet): void {
    const query = decodeMessage(packet.bytes.subarray(packet.start, packet.end));
    // A name that is no text would not come out of the codec as it went in: there is no answer that repeats it.
    const readable = query?.questions.every(({ name }) => name === '' || nameProblem(name) === null);
    if (query === undefined || query.response || !readable) this.counters.malformed++;
    else {
      this.counters.queries++;
      const response = this.respond(query);
      if (response !== null) this.send(response, query, packet);
    }
    packet.release();
  }

  /** What is answered; null for nothing. */
  protected respond(query: DnsMessage): DnsMessage | null {
    return this.zone.answer(query);
  }

  /** Sends an answer back to where `asked`, which is borrowed, came from. */
  protected send(response: DnsMessage, query: DnsMessage, asked: Packet): void {
    const { udp } = this;
    const bytes = this.encode(response, query.payloadSize);
    const path = udp?.pathBack(asked);
    const packet = this.host.pool.takeWith(bytes);
    if (udp === null || path === undefined || typeof path === 'string' || packet === null) {
      this.counters.unsent++;
      packet?.release();
      return;
    }
    packet.reason = DNS_ANSWER;
    udp.send(packet, path, DNS_PORT, asked.view.getUint16(asked.transport));
  }

  /** RFC 2181 section 9: an answer that does not fit says so, and holds nothing that could be taken for all of it. */
  private encode(response: DnsMessage, limit: number): Uint8Array {
    const bytes = encodeResponse(response);
    if (bytes.length <= limit) return bytes;
    this.counters.truncated++;
    return encodeResponse({ ...response, truncated: true, answers: [], authorities: [] });
  }
}

/** A record that the codec cannot write, or cannot read again, is found before anybody asks for it. */
function checkRecord(record: DnsRecord): void {
  const message: DnsMessage = {
    id: 0,
    response: true,
    opcode: 'QUERY',
    rcode: 'NOERROR',
    truncated: false,
    questions: [],
    answers: [record],
    authorities: [],
    payloadSize: 512,
  };
  let sound = nameProblem(record.name) === null && dataFits(record);
  try {
    sound &&= decodeMessage(encodeResponse(message)) !== undefined;
  } catch {
    sound = false;
  }
  if (sound) return;
  throw fail('EINVAL', {
    problem: `The ${record.type} record of "${record.name}" cannot be sent`,
    expected: 'Its data is an address for A and AAAA, a name for CNAME, NS and PTR, and an object for the others.',
  });
}

/** The codec writes whatever it is given for these. */
function dataFits({ type, data }: DnsRecord): boolean {
  const text = String(data);
  if (type === 'A' || type === 'AAAA') return IpAddress.parse(text)?.version === (type === 'A' ? 4 : 6);
  return !['CNAME', 'NS', 'PTR'].includes(type) || nameProblem(text) === null;
}
