import { HOST, type Host, Layer, layer, type Packet } from '@netwright/core';
import { inject } from 'inversify';
import { carriesDatagrams, type Datagrams } from '../ip/datagrams.js';
import { type DnsMessage, decodeMessage, encodeResponse } from './codec.js';
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

  constructor(
    @inject(HOST) protected readonly host: Host,
    @inject(DNS_SERVER_OPTIONS) options: DnsServerOptions = {},
  ) {
    super();
    const { records, negativeTtl } = dnsServerSettings.parse(options);
    this.zone = new Zone(records, negativeTtl);
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (carriesDatagrams(lower)) this.udp = lower;
  }

  override receive(packet: Packet): void {
    const query = decodeMessage(packet.bytes.subarray(packet.start, packet.end));
    if (query === undefined || query.response) this.counters.malformed++;
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
