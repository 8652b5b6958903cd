import { HOST, type Host, IpAddress, Layer, layer, type Packet } from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { carriesDatagrams, type Datagrams } from '../ip/datagrams.js';
import { type DnsMessage, type DnsRecord, decodeMessage, encodeResponse } from './codec.js';
import { nameProblem } from './name.js';
import { DNS_ANSWER } from './reasons.js';
import { DNS_SERVER_OPTIONS, type DnsServerOptions, dnsServerSettings } from './settings.js';
import { type AcceptedStream, acceptsStreams, Deframer, framed, type StreamListener } from './stream.js';
import { Zone } from './zone.js';

/** Connections that are answered at a time. */
const MAX_STREAMS = 100;

/** The port of DNS. */
export const DNS_PORT = 53;

/**
 * A small server of names, for labs and tests: it answers from a table, on port 53 of UDP, and of TCP where the stack
 * has it (RFC 7766). It is a layer over UDP, and an example of one. Override `respond` to have one that lies, is slow,
 * or breaks.
 */
@layer({ name: 'dns-server', over: [{ layer: 'udp', key: DNS_PORT }, { layer: 'tcp' }] })
export class DnsServer extends Layer {
  readonly counters = { queries: 0, malformed: 0, unsent: 0, truncated: 0 };
  readonly zone: Zone;
  private readonly idle: number;
  private udp: Datagrams | null = null;
  private tcp: StreamListener | null = null;
  private listener: { close(): void } | null = null;

  /** @throws EINVAL for a record that cannot be sent. */
  constructor(
    @inject(HOST) protected readonly host: Host,
    @inject(DNS_SERVER_OPTIONS) options: DnsServerOptions = {},
  ) {
    super();
    const { records, negativeTtl, idle } = dnsServerSettings.parse(options);
    this.idle = idle;
    for (const each of records) checkRecord(each);
    this.zone = new Zone(records, negativeTtl);
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (carriesDatagrams(lower)) this.udp = lower;
    else if (acceptsStreams(lower)) this.tcp = lower;
  }

  override start(): void {
    const { tcp } = this;
    if (tcp === null) return;
    const onConnection = (stream: AcceptedStream) => this.serve(stream);
    this.listener = tcp.listen({ port: DNS_PORT, limit: MAX_STREAMS, onConnection });
  }

  override stop(): void {
    this.listener?.close();
    this.listener = null;
  }

  override receive(packet: Packet): void {
    const query = this.read(packet.bytes.subarray(packet.start, packet.end));
    const response = query === null ? null : this.respond(query);
    if (query !== null && response !== null) this.send(response, query, packet);
    packet.release();
  }

  /** A question, or null for what is none. */
  private read(bytes: Uint8Array): DnsMessage | null {
    const query = decodeMessage(bytes);
    // A name that is no text would not come out of the codec as it went in: there is no answer that repeats it.
    const readable = query?.questions.every(({ name }) => name === '' || nameProblem(name) === null);
    if (query === undefined || query.response || !readable) {
      this.counters.malformed++;
      return null;
    }
    this.counters.queries++;
    return query;
  }

  /** Answers one question after the other, until the asker has no more. */
  private serve(stream: AcceptedStream) {
    const deframer = new Deframer();
    const idle = this.host.timer(() => stream.close());
    idle.start(this.idle);
    return {
      data: (bytes: Uint8Array) => {
        idle.start(this.idle);
        for (const each of deframer.push(bytes)) {
          const query = this.read(each);
          const response = query === null ? null : this.respond(query);
          const answer = response === null ? null : framed(this.encode(response, 0xffff));
          // Who asks and does not read the answers is not waited for.
          if (query === null || (answer !== null && stream.write(answer) < answer.length)) {
            idle.stop();
            return stream.abort();
          }
        }
      },
      end: () => {
        idle.stop();
        stream.close();
      },
      closed: () => idle.stop(),
    };
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
