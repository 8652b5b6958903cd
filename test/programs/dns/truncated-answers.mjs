// An answer that is truncated is asked for again over TCP.
import { createSocket } from 'node:dgram';
import { promises } from 'node:dns';
import { createServer } from 'node:net';
import { answer, string, u16 } from '../fixtures/name-server.mjs';

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
