import { FRAME_FIELDS, SeededRandom } from '@netwright/core';
import { dissector, frameFields } from '@netwright/plugins';
import test from 'ava';
import { arp, conversation, ethernet, icmp, ipv4, MAC_A, tcp, udp } from './frames.js';

function has(t: { like: (a: object, b: object) => unknown }, frame: Uint8Array, expected: object) {
  t.like(frameFields(frame), expected);
}

test('a SYN is read down to its options', (t) => {
  has(t, conversation()[0], {
    'eth.src': '02:00:00:00:00:01',
    'eth.dst': '02:00:00:00:00:02',
    'eth.type': 0x0800,
    'ip.src': '10.0.0.1',
    'ip.dst': '10.0.0.2',
    'ip.ttl': 64,
    'ip.id': 7,
    'ip.flags.df': true,
    'tcp.srcport': 49152,
    'tcp.dstport': 7777,
    'tcp.flags': 'S',
    'tcp.flags.syn': true,
    'tcp.flags.ack': false,
    'tcp.seq': 1000,
    'tcp.seq_raw': 1000,
    'tcp.window': 65535,
    'tcp.len': 0,
    'tcp.options.mss': 1460,
    'tcp.options.wscale': 7,
    'tcp.options.sack_perm': true,
    'tcp.options.timestamp.tsval': 1,
    'tcp.option_kind': '2,4,8,1,3',
  });
  has(t, conversation()[1], { 'tcp.flags': 'SA', 'tcp.seq': 5555, 'tcp.ack': 1001 });
});

test('padding of the link is not counted as data', (t) => {
  const padded = new Uint8Array(60);
  padded.set(tcp({ seq: 1, flags: 0x10 }));
  has(t, padded, { 'tcp.len': 0, 'frame.len': 60 });
});

test('ARP, ICMP, UDP, tags and fragments have their fields', (t) => {
  has(t, arp(1), {
    'arp.opcode': 1,
    'arp.src.hw_mac': '02:00:00:00:00:01',
    'arp.src.proto_ipv4': '10.0.0.1',
    'arp.dst.proto_ipv4': '10.0.0.2',
  });
  has(t, icmp(8, 0, [0, 5, 0, 9, 1, 2, 3]), { 'icmp.type': 8, 'icmp.ident': 5, 'icmp.seq': 9, 'data.len': 3 });
  has(t, icmp(3, 4, [0, 0, 5, 0]), { 'icmp.type': 3, 'icmp.code': 4, 'icmp.mtu': 1280 });
  has(t, udp(1000, 2000, [1, 2, 3]), { 'udp.srcport': 1000, 'udp.dstport': 2000, 'udp.length': 11 });
  has(t, ethernet(0x0800, ipv4(17, [3, 232, 7, 208, 0, 8, 0, 0]), 42), { 'vlan.id': 42, 'udp.srcport': 1000 });
  const later = frameFields(ethernet(0x0800, ipv4(17, [9, 9, 9, 9], { fragment: 0x2001 })));
  t.like(later, { 'ip.frag_offset': 8, 'ip.flags.mf': true });
  t.false('udp.srcport' in later);
});

test('a DNS answer is read with its compressed names', (t) => {
  const name = [3, ...Buffer.from('www'), 4, ...Buffer.from('test'), 0];
  const message = [0, 9, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ...name, 0, 1, 0, 1];
  const answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
  has(t, udp(53, 5000, [...message, ...answer]), {
    'dns.id': 9,
    'dns.flags.response': true,
    'dns.qry.name': 'www.test',
    'dns.qry.type': 'A',
    'dns.a': '192.0.2.1',
  });
});

test('a name that points at itself ends, and what a terminal would obey is written as numbers', (t) => {
  const loop = udp(53, 5000, [0, 9, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]);
  t.true(frameFields(loop)['_ws.malformed']);
  const colour = udp(53, 5000, [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 27, 91, 0, 0, 1, 0, 1]);
  t.is(frameFields(colour)['dns.qry.name'], '\\027[');
});

test('frames that are cut off or garbled are named malformed and never throw', (t) => {
  const random = new SeededRandom(3);
  const whole = [...conversation(), arp(2), udp(53, 53, [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 65, 0, 0, 1, 0, 1])];
  for (const frame of whole) {
    for (let length = 0; length < frame.length; length++) frameFields(frame.subarray(0, length));
    t.true(frameFields(frame.subarray(0, frame.length - 1))['_ws.malformed']);
  }
  for (let i = 0; i < 20_000; i++) {
    const frame = whole[i % whole.length].slice();
    for (let n = 0; n < 4; n++) frame[Math.floor(random.float() * frame.length)] = random.uint32() & 255;
    frameFields(frame);
  }
});

test('bare IP is read without a link header, and a frame of an unknown protocol by its addresses', (t) => {
  t.is(frameFields(tcp({ seq: 5, flags: 2 }).subarray(14), 101)['tcp.seq'], 5);
  has(t, ethernet(0x88cc, [1, 2, 3]), { 'eth.type': 0x88cc, 'eth.src': MAC_A.map((b) => `0${b}`).join(':') });
});

test('the dissector is what the frame.fields token of a manifest resolves to', (t) => {
  t.is(dissector.token, FRAME_FIELDS);
  const provider = dissector.provide({});
  t.true('value' in provider);
  if ('value' in provider) t.is((provider.value as typeof frameFields)(arp(1))['arp.opcode'], 1);
});
