import { IpAddress } from '@netwright/core';
import {
  Dns,
  type DnsMessage,
  type DnsOptions,
  DnsServer,
  decodeMessage,
  encodeResponse,
  Udp,
} from '@netwright/layers';
import { Segment } from './wire.js';

export const ip = (text: string) => IpAddress.parse(text) as IpAddress;
export const RECORDS = [
  { name: 'www.example', data: '10.0.0.80', ttl: 60 },
  { name: 'www.example', type: 'AAAA', data: 'fd00::80' },
  { name: 'six.example', type: 'AAAA', data: 'fd00::6' },
  { name: 'alias.example', type: 'CNAME', data: 'www.example' },
  { name: 'out.example', type: 'CNAME', data: 'elsewhere.test' },
  { name: 'example', type: 'MX', data: { preference: 10, exchange: 'mail.example' } },
  { name: '80.0.0.10.in-addr.arpa', type: 'PTR', data: 'www.example' },
];

/** A resolver at 10.0.0.1, and what listens at the other addresses. */
export function lab(options: DnsOptions = { servers: ['10.0.0.53'] }) {
  const segment = new Segment();
  const client = segment.station('10.0.0.1');
  const udp = new Udp(client.host);
  client.registerLayer(udp);
  const dns = new Dns(client.host, options);
  udp.registerLayer(dns);
  const at = (address: string) => {
    const wire = segment.station(address);
    const layer = new Udp(wire.host);
    wire.registerLayer(layer);
    return layer;
  };
  return { segment, client, udp, dns, at };
}

/** A server that says what `respond` says. */
export function scripted(
  udp: Udp,
  respond: (query: DnsMessage, asked: number) => DnsMessage | null,
): { asked: number } {
  const socket = udp.open({ port: 53 });
  const log = { asked: 0 };
  socket.onMessage = (data, from) => {
    const query = decodeMessage(data);
    const answer = query === undefined ? null : respond(query, ++log.asked);
    if (answer !== null) socket.send(encodeResponse(answer), from.port, from.address, from.to);
  };
  return log;
}

export const answer = (query: DnsMessage, address = '10.0.0.80', parts: Partial<DnsMessage> = {}): DnsMessage => ({
  ...query,
  response: true,
  answers: [{ name: query.questions[0].name, type: 'A', ttl: 60, data: address }],
  ...parts,
});

export function standard(options?: DnsOptions) {
  const stage = lab(options);
  const server = new DnsServer(stage.segment.stations[0].host, { records: RECORDS });
  stage.at('10.0.0.53').registerLayer(server);
  return { ...stage, server };
}
