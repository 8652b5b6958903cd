// A DNS server of a small zone, over datagrams and over TCP.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { AUTHORITATIVE_ANSWER, decode, encode, streamEncode, TRUNCATED_RESPONSE } from 'dns-packet';

const { DNS_PORT = '5300' } = process.env;
const NXDOMAIN = 3;
/** What fits into a datagram for a client that says nothing about it (RFC 1035 section 4.2.1). */
const SMALL = 512;

const TTL = 60;
const record = (name, type, data) => ({ name, type, ttl: TTL, class: 'IN', data });
const SOA = record('zone.test', 'SOA', {
  mname: 'ns.zone.test',
  rname: 'root.zone.test',
  ...{ serial: 1, refresh: 3600, retry: 600, expire: 86400, minimum: TTL },
});
const ZONE = [
  SOA,
  record('zone.test', 'NS', 'ns.zone.test'),
  record('zone.test', 'MX', { preference: 10, exchange: 'mail.zone.test' }),
  record('ns.zone.test', 'A', '192.0.2.1'),
  record('mail.zone.test', 'A', '192.0.2.25'),
  record('mail.zone.test', 'AAAA', '2001:db8::25'),
  record('www.zone.test', 'CNAME', 'web.zone.test'),
  record('web.zone.test', 'A', '192.0.2.80'),
  record('web.zone.test', 'A', '192.0.2.81'),
  record('_ssh._tcp.zone.test', 'SRV', { priority: 1, weight: 5, port: 2222, target: 'web.zone.test' }),
  record(
    'long.zone.test',
    'TXT',
    Array.from({ length: 20 }, (_, i) => `${i}: ${'a line that is repeated '.repeat(4)}`),
  ),
];

function lookUp(name, type) {
  const found = ZONE.filter((each) => each.name === name && (each.type === type || each.type === 'CNAME'));
  const alias = found.find((each) => each.type === 'CNAME' && type !== 'CNAME');
  return alias === undefined ? found : [alias, ...lookUp(alias.data, type)];
}

function answerTo({ id, questions }) {
  const [{ name, type }] = questions;
  const asked = name.toLowerCase();
  const answers = lookUp(asked, type);
  const exists = ZONE.some((each) => each.name === asked || each.name.endsWith(`.${asked}`));
  return {
    type: 'response',
    id,
    flags: AUTHORITATIVE_ANSWER | (exists ? 0 : NXDOMAIN),
    questions,
    answers,
    authorities: answers.length === 0 ? [SOA] : [],
  };
}

const datagrams = createSocket('udp4');
datagrams.on('message', (data, from) => {
  let query;
  try {
    query = decode(data);
  } catch {
    return;
  }
  if (query.type !== 'query' || query.questions.length !== 1) return;
  const answer = answerTo(query);
  const limit = query.additionals.find(({ type }) => type === 'OPT')?.udpPayloadSize ?? SMALL;
  let bytes = encode(answer);
  // Who finds it truncated asks again over TCP.
  if (bytes.length > Math.max(limit, SMALL)) {
    bytes = encode({ ...answer, flags: answer.flags | TRUNCATED_RESPONSE, answers: [] });
  }
  datagrams.send(bytes, from.port, from.address);
});

const connections = createServer((socket) => {
  let come = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    come = Buffer.concat([come, chunk]);
    while (come.length >= 2 && come.length >= 2 + come.readUInt16BE(0)) {
      const end = 2 + come.readUInt16BE(0);
      try {
        socket.write(streamEncode(answerTo(decode(come.subarray(2, end)))));
      } catch {
        socket.destroy();
        return;
      }
      come = come.subarray(end);
    }
  });
});

datagrams.bind(Number(DNS_PORT));
await once(datagrams, 'listening');
await once(connections.listen(Number(DNS_PORT)), 'listening');
console.log(`dns: listening at port ${DNS_PORT}`);
process.once('SIGINT', () => {
  datagrams.close();
  connections.close();
});
