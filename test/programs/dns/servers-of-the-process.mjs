// The process's own servers are used by dns.resolve, its promises, and resolvers made afterwards.
import { createSocket } from 'node:dgram';
import dns, { promises } from 'node:dns';

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

const table = {
  'A a.test': [[Buffer.from([10, 0, 0, 1])]],
  'ANY a.test': [
    [Buffer.from([10, 0, 0, 1]), 5, 'A'],
    [string('text'), 6, 'TXT'],
    [Buffer.concat([u16(4), name('m.test')]), 7, 'MX'],
  ],
};
const server = createSocket('udp4');
let asked = 0;
server.on('message', (query, from) => {
  asked++;
  server.send(answer(query, table), from.port, from.address);
});
server.bind(0, '127.0.0.1', async () => {
  dns.setServers([`127.0.0.1:${server.address().port}`]);
  console.log(await new Promise((resolve) => dns.resolve('a.test', (...all) => resolve(all))));
  console.log(await promises.resolve('a.test'), await promises.resolve4('a.test'));
  console.log((await promises.resolveAny('a.test')).map((each) => Object.entries(each).flat().join(' ')));
  console.log(await promises.resolve('A.TEST').catch((error) => error.code));
  console.log(await promises.resolve('').catch((error) => error.code), asked > 3);
  server.close();
});
