// Answers that are cut, foreign or nonsense are not taken for answers.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';

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
const _string = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
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

const table = {
  'A cut.test': [[Buffer.from([1, 2, 3, 4])]],
  'A other.test': [[Buffer.from([5, 6, 7, 8])]],
  'A wrong.test': [[Buffer.from([1, 2])]],
};
const server = createSocket('udp4');
server.on('message', (query, from) => {
  const whole = answer(query, table);
  const back = (bytes) => server.send(bytes, from.port, from.address);
  if (query.includes('cut')) return back(whole.subarray(0, whole.length - 2));
  if (query.includes('other')) {
    const foreign = Buffer.from(whole);
    foreign[0] ^= 255;
    foreign[foreign.length - 1] = 99;
    back(foreign);
    return setTimeout(back, 10, whole);
  }
  back(whole);
});
server.bind(0, '127.0.0.1', async () => {
  const resolver = new Resolver({ timeout: 150, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  for (const host of ['cut.test', 'other.test', 'wrong.test']) {
    await new Promise((resolve) =>
      resolver.resolve4(host, (error, result) => resolve(console.log(host, error?.code, result))),
    );
  }
  server.close();
});
