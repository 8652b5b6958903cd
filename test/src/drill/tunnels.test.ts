import { carried, carry, runScript } from '@netwright/drill';
import test from 'ava';

const INNER = Buffer.from('450000180000400040110000c0000201c0a8000100010002', 'hex');

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('are headers around a packet the bytes that the RFCs say?', (t) => {
  const of = (text: string) => hex(carry(text, INNER).subarray(0, -INNER.length));
  t.is(of('mpls (label 7, tc 1, ttl 9) (label 8, tc 0, [S], ttl 10):'), '00007209' + '0000810a');
  // RFC 2784: no flags, and the EtherType of what is inside; RFC 2890: key and sequence number.
  t.is(of('ipv4 1.2.3.4 > 5.6.7.8: gre:').slice(40), '00000800');
  t.is(of('ipv4 1.2.3.4 > 5.6.7.8: gre: mpls (label 16, tc 2, [S], ttl 9):').slice(40), '00008847' + '00010509');
  t.is(of('ipv6 2001:db8::1 > 2001:db8::2: gre key 7 seq 0x10:').slice(80), '30000800' + '00000007' + '00000010');
  t.is(of('ipv4 1.2.3.4 > 5.6.7.8: gre flags 0x2001 proto 0x880b key 1:').slice(40), '2001880b' + '00000001');
  // RFC 2003: protocol 4 in a header of its own.
  const header = of('ipv4 1.2.3.4 > 5.6.7.8 [tos 0x20, ttl 3]:');
  t.regex(header, /^4520002c000040000304....0102030405060708$/);
});

test('does what was wrapped unwrap again, and is each header compared?', (t) => {
  const text =
    'ipv4 1.2.3.4 > 5.6.7.8 [ttl 3]: gre key 7 sum: ipv6 2001:db8::1 > 2001:db8::2: mpls (label 7, [S], ttl 9):';
  const sent = carry(text, INNER);
  t.is(hex(carried(text, sent)), hex(INNER.subarray(20)));
  const others: [from: string, to: string, problem: RegExp][] = [
    ['1.2.3.4', '1.2.3.5', /from 1\.2\.3\.4/],
    ['5.6.7.8', '5.6.7.9', /to 5\.6\.7\.8/],
    ['ttl 3', 'ttl 4', /TTL 3/],
    ['key 7', 'key 8', /another header/],
    ['gre key 7 sum', 'gre key 7', /another header/],
    ['db8::2', 'db8::3', /to 2001:db8::2/],
    ['label 7', 'label 8', /another header/],
    ['[S], ', '', /another header/],
  ];
  for (const [from, to, problem] of others) {
    t.throws(() => carried(text.replace(from, to), sent), { message: problem }, `${from} ${to}`);
  }
});

const LISTEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`;

test('is a packet that only the end of a tunnel sends something that is not supported, with the tunnel named?', async (t) => {
  const gre = `${LISTEN}+0 < ipv4 192.0.2.1 > 192.168.0.1: gre: S 0:0(0) win 1000 <mss 1000>
+0 > ipv4 192.168.0.1 > 192.0.2.1: gre: S. 0:0(0) ack 1 <mss 1460>`;
  t.like(await runScript('a.pkt', gre), {
    result: 'unsupported',
    reason: 'unsupported: a tunnel (ipv4, gre)',
    line: 5,
  });
  const plain = `${LISTEN}+0 < S 0:0(0) win 1000 <mss 1000>
+0 > ipv6 2001:db8::1 > 2001:db8::2: mpls (label 7, [S], ttl 9): S. 0:0(0) ack 1 <mss 1460>`;
  t.like(await runScript('a.pkt', plain), {
    result: 'unsupported',
    reason: 'unsupported: a tunnel (ipv6, mpls)',
    line: 5,
  });
  const bare = `${LISTEN}+0 < gre: S 0:0(0) win 1000 <mss 1000>`;
  t.like(await runScript('a.pkt', bare), {
    result: 'unsupported',
    reason: 'unsupported: GRE without an IP header around it',
  });
  const udp = `${LISTEN}+0 < S/udp(9899 > 8080) 0:0(0) win 1000 <mss 1000>`;
  t.like(await runScript('a.pkt', udp), { result: 'unsupported', reason: 'unsupported: TCP in UDP' });
});

test('is a header that cannot be read an error with its place?', async (t) => {
  const wrong = await runScript('a.pkt', `${LISTEN}+0 < ipv4 1.2.3.400 > 1.2.3.4: S 0:0(0)`);
  t.like(wrong, { result: 'failed' });
  t.regex(wrong.reason, /is no IPv4 address/);
  const other = await runScript(
    'a.pkt',
    `${LISTEN}+0 < icmp unreachable port_unreachable
+0 > icmp unreachable protocol_unreachable`,
  );
  t.is(other.result, 'failed');
});
