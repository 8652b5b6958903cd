// An answer that is truncated is asked for again over TCP.
import { createSocket } from 'node:dgram';
import { promises } from 'node:dns';
import { createServer } from 'node:net';

// A small DNS server: what it answers to 'type name' is in the table.
const types = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  12: 'PTR',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  257: 'CAA',
  255: 'ANY',
};
const number = (type) => Number(Object.keys(types).find((each) => types[each] === type));
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const u32 = (value) => Buffer.concat([u16(value >>> 16), u16(value & 65535)]);
const name = (text) =>
  Buffer.concat([
    ...text
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.alloc(1),
  ]);
const string = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
function answer(query, table, truncate = false) {
  const labels = [];
  let at = 12;
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    at += query[at] + 1;
  }
  const type = types[query.readUInt16BE(at + 1)];
  const question = query.subarray(12, at + 5);
  const found = table[`${type} ${labels.join('.')}`];
  if (found === undefined || typeof found === 'number')
    return Buffer.concat([query.subarray(0, 2), u16(0x8180 | (found ?? 3)), u16(1), u16(0), u16(0), u16(0), question]);
  if (truncate) return Buffer.concat([query.subarray(0, 2), u16(0x8380), u16(1), u16(0), u16(0), u16(0), question]);
  const records = found.map(([data, ttl = 60, as = type, owner]) =>
    Buffer.concat([
      owner === undefined ? u16(0xc00c) : name(owner),
      u16(number(as)),
      u16(1),
      u32(ttl),
      u16(data.length),
      data,
    ]),
  );
  return Buffer.concat([
    query.subarray(0, 2),
    u16(0x8180),
    u16(1),
    u16(records.length),
    u16(0),
    u16(0),
    question,
    ...records,
  ]);
}

const table = { 'TXT long.test': Array.from({ length: 40 }, (_, i) => [string(`${i} `.padEnd(100, 'x'))]) };
const udp = createSocket('udp4');
const asked = [];
udp.on('message', (query, from) => {
  asked.push('udp');
  udp.send(answer(query, table, true), from.port, from.address);
});
const tcp = createServer((socket) => {
  let seen = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (data) => {
    seen = Buffer.concat([seen, data]);
    if (seen.length < 2 || seen.length < 2 + seen.readUInt16BE()) return;
    asked.push('tcp');
    const bytes = answer(seen.subarray(2), table);
    socket.write(Buffer.concat([u16(bytes.length), bytes]));
  });
});
tcp.listen(0, '127.0.0.1', () => {
  udp.bind(tcp.address().port, '127.0.0.1', async () => {
    const resolver = new promises.Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`127.0.0.1:${tcp.address().port}`]);
    const records = await resolver.resolveTxt('long.test').catch((error) => error.code);
    console.log(records.length, records[0], asked);
    process.exit();
  });
});
