// What a server refuses, does not know or does not have is an error with code, call and name.
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
  'A empty.test': [],
  'A broken.test': 2,
  'A form.test': 1,
  'A unknown.test': 4,
  'A refused.test': 5,
  'AAAA a.test': [],
  'A a.test': [[Buffer.from([1, 2, 3, 4])]],
};
const server = createSocket('udp4');
server.on('message', (query, from) => server.send(answer(query, table), from.port, from.address));
server.bind(0, '127.0.0.1', async () => {
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  const ask = (method, host) =>
    new Promise((resolve) => {
      resolver[method](host, (error, result) => {
        console.log(method, host, error && { ...error, message: error.message, name: error.name }, result);
        resolve();
      });
    });
  for (const host of ['none.test', 'empty.test', 'broken.test', 'form.test', 'unknown.test', 'refused.test'])
    await ask('resolve4', host);
  await ask('resolve6', 'a.test');
  await ask('resolveMx', 'none.test');
  await ask('reverse', '10.9.9.9');
  server.close();
});
