import { Cidr, IpAddress, PacketPool } from '@netwright/core';
import {
  AoAuthentication,
  type ConnectionId,
  KeyRing,
  type MasterKey,
  Md5Authentication,
  md5Digest,
  PseudoHeader,
  Segment,
  SequenceExtension,
  trafficKey,
} from '@netwright/layers';
import test from 'ava';

// RFC 9235 section 3.1.
const SECRET = new TextEncoder().encode('testvector');
const CLIENT = IpAddress.parse('10.11.12.13') as IpAddress;
const SERVER = IpAddress.parse('172.27.28.29') as IpAddress;

const bytes = (hex: string) =>
  Uint8Array.from(hex.replace(/\s/g, '').match(/../g) ?? [], (each) => Number.parseInt(each, 16));
const hex = (data: Uint8Array) => [...data].map((each) => each.toString(16).padStart(2, '0')).join('');

function address(ip: IpAddress): Uint8Array {
  const data = new Uint8Array(ip.size);
  ip.write(new DataView(data.buffer), 0);
  return data;
}

/** Section 4.1.1 and 4.1.3: a SYN and data of the client, from the TCP header on. */
const SYN = `e9 d7 00 b3 fb fb ab 5a 00 00 00 00 e0 02 ff ff ca c4 00 00 02 04 05 b4 01 03 03 08
  04 02 08 0a 00 15 5a b7 00 00 00 00 1d 10 3d 54 2e e4 37 c6 f8 ed e6 d7 c4 d6 02 e7`;
const DATA = `e9 d7 00 b3 fb fb ab 5b 11 c1 42 62 c0 18 01 04 a1 62 00 00 01 01 08 0a 00 15 5a c1
  84 a5 0b eb 1d 10 3d 54 70 64 cf 99 8c c6 c3 15 c2 c2 e2 bf ff ff ff ff ff ff ff ff ff ff ff ff
  ff ff ff ff 00 43 01 04 da bf 00 b4 0a 0b 0c 0d 26 02 06 01 04 00 01 00 01 02 02 80 00 02 02 02
  00 02 02 42 00 02 06 41 04 00 00 da bf 02 08 40 06 00 64 00 01 01 00`;

const pool = new PacketPool({ small: 8, large: 1 });

/** Holds a segment, and reads it. */
function received(data: Uint8Array) {
  const packet = pool.take(data.length);
  if (packet === null) throw new Error('no packet');
  const at = packet.append(data.length);
  packet.bytes.set(data, at);
  packet.start = at;
  const segment = new Segment();
  if (!segment.read(packet)) throw new Error('no segment');
  return { packet, segment };
}

test('traffic keys are those of the vectors (RFC 9235 section 4.1)', (t) => {
  const master: MasterKey = { sendId: 61, receiveId: 84, secret: SECRET };
  const of = (from: IpAddress, to: IpAddress, sourceIsn: number, destinationIsn: number) => {
    const [sourcePort, destinationPort] = from === CLIENT ? [0xe9d7, 179] : [179, 0xe9d7];
    const ends = { source: address(from), destination: address(to), sourcePort, destinationPort };
    return hex(trafficKey(master, { ...ends, sourceIsn, destinationIsn }));
  };
  t.is(of(CLIENT, SERVER, 0xfbfbab5a, 0), '6d63ef1b02fe1509d4b1402707fd7b0416abb74f');
  t.is(of(SERVER, CLIENT, 0x11c14261, 0xfbfbab5a), 'd9e217e4834a80ca2f3fd8de2e41b8e6797fea96');
  t.is(of(CLIENT, SERVER, 0xfbfbab5a, 0x11c14261), 'd2e59c65ffc7b1a393476564' + '63b70edc24a13d71');
});

// @rfc 5926 S3.1.1.2-1
test('AES keys of another length than the cipher are made one (RFC 5926 section 3.1.1.2)', (t) => {
  const context = {
    source: address(CLIENT),
    destination: address(SERVER),
    sourcePort: 0xc4fa,
    destinationPort: 179,
    // RFC 9235 section 5.1.1.
    sourceIsn: 0x787a1ddf,
    destinationIsn: 0,
  };
  const master: MasterKey = { sendId: 61, receiveId: 84, secret: SECRET, algorithm: 'aes-128-cmac-96' };
  t.is(hex(trafficKey(master, context)), 'f5b8b3d5f34fdbb6eb8d4ab9660e60e3');
  const ring = new KeyRing([{ ...master, sendId: 84, receiveId: 61 }]);
  const id: ConnectionId = { localAddress: SERVER, localPort: 179, remoteAddress: CLIENT, remotePort: 0xc4fa };
  const authenticator = new AoAuthentication().setKeys(Cidr.parse('10.0.0.0/8') as Cidr, ring).authenticator(id);
  const { packet, segment } = received(
    bytes(`c4 fa 00 b3 78 7a 1d df 00 00 00 00 e0 02 ff ff 5a 0f 00 00 02 04 05 b4 01 03 03 08
      04 02 08 0a 00 01 7e d0 00 00 00 00 1d 10 3d 54 e4 77 e9 9c 80 40 76 54 98 e5 50 91`),
  );
  t.true(authenticator?.verify(segment, packet.view, packet.start, packet.end));
  packet.release();
});

// @rfc 5926 S3.1.1.3-2
test('a server verifies the SYN and the data of the vectors, and nothing that was changed', (t) => {
  const id: ConnectionId = { localAddress: SERVER, localPort: 179, remoteAddress: CLIENT, remotePort: 0xe9d7 };
  const ring = new KeyRing([{ sendId: 84, receiveId: 61, secret: SECRET }]);
  const authenticator = new AoAuthentication().setKeys(Cidr.parse('10.0.0.0/8') as Cidr, ring).authenticator(id);
  for (const each of [SYN, DATA]) {
    const good = received(bytes(each));
    t.true(authenticator?.verify(good.segment, good.packet.view, good.packet.start, good.packet.end));
    const data = bytes(each);
    data[4] ^= 1;
    const bad = received(data);
    t.false(authenticator?.verify(bad.segment, bad.packet.view, bad.packet.start, bad.packet.end));
    good.packet.release();
    bad.packet.release();
  }
});

// @rfc 5925 S3.3-1 S4-1 S7.1-4 S7.5-3
test('a peer is asked for another key, and both go over to it (RFC 5925 section 7.5)', (t) => {
  const keys: MasterKey[] = [
    { sendId: 1, receiveId: 1, secret: SECRET },
    { sendId: 2, receiveId: 2, secret: new TextEncoder().encode('another'), algorithm: 'aes-128-cmac-96' },
  ];
  const rings = [new KeyRing(keys), new KeyRing(keys)];
  const ids: ConnectionId[] = [
    { localAddress: CLIENT, localPort: 1000, remoteAddress: SERVER, remotePort: 179 },
    { localAddress: SERVER, localPort: 179, remoteAddress: CLIENT, remotePort: 1000 },
  ];
  const ends = ids.map((id, i) => {
    const everybody = Cidr.parse('0.0.0.0/0') as Cidr;
    const authenticator = new AoAuthentication().setKeys(everybody, rings[i]).authenticator(id);
    if (authenticator === null) throw new Error('no key');
    return authenticator;
  });
  const send = (from: number, seq: number, ack: number, flags: number): number => {
    const data = new Uint8Array(20 + 16);
    const view = new DataView(data.buffer);
    view.setUint16(0, ids[from].localPort);
    view.setUint16(2, ids[from].remotePort);
    view.setUint32(4, seq);
    view.setUint32(8, ack);
    view.setUint16(12, (36 << 10) | flags);
    ends[from].place(view, 0);
    ends[from].sign(view, 0, data.length);
    const { packet, segment } = received(data);
    t.true(ends[1 - from].verify(segment, packet.view, packet.start, packet.end));
    packet.release();
    return data[22];
  };
  t.is(send(0, 0xffffff00, 0, 0x02), 1);
  t.is(send(1, 500, 0xffffff01, 0x12), 1);
  rings[1].prefer(2);
  // The client is asked by this one, and goes over.
  t.is(send(1, 501, 0xffffff01, 0x10), 1);
  t.is(send(0, 0xffffff01, 501, 0x10), 2);
  // It asks for the old one still; the numbers wrap, and are signed as other ones.
  rings[0].prefer(2);
  t.is(send(0, 0x00000100, 501, 0x10), 2);
  t.is(send(1, 501, 0x00000100, 0x10), 2);
});

// @rfc 5925 S6.2-1
test('numbers that wrap have another extension (RFC 5925 section 6.2)', (t) => {
  const extension = new SequenceExtension();
  extension.begin(0xfffffff0);
  t.is(extension.of(0xffffffff | 0), 0);
  t.is(extension.of(5), 1);
  extension.advance(5);
  t.is(extension.of(0xfffffff0 | 0), 0, 'what comes late is of before');
  t.is(extension.of(6), 1);
  for (let turn = 0; turn < 8; turn++) extension.advance((5 + 0x40000000 * (turn + 1)) | 0);
  t.is(extension.of(6), 3);
});

// @rfc 2385 S2-1 S3-1
test('the digest of RFC 2385 covers pseudo-header, header, data and key', (t) => {
  const id: ConnectionId = { localAddress: SERVER, localPort: 179, remoteAddress: CLIENT, remotePort: 1000 };
  const authentication = new Md5Authentication();
  t.is(authentication.authenticator(id), null, 'without a key nobody signs');
  authentication.setKey(Cidr.parse('10.11.12.13') as Cidr, SECRET);
  const authenticator = authentication.authenticator(id);
  if (authenticator === null) throw new Error('no key');
  const data = new Uint8Array(20 + 20 + 3).fill(7, 40);
  const view = new DataView(data.buffer);
  view.setUint16(0, 179);
  view.setUint16(2, 1000);
  view.setUint16(12, (40 << 10) | 0x18);
  authenticator.place(view, 0);
  authenticator.sign(view, 0, data.length);
  t.deepEqual([...data.subarray(20, 24)], [1, 1, 19, 18]);
  const header = data.slice(0, 20);
  const digest = md5Digest(new PseudoHeader(SERVER, CLIENT).of(data.length), header, data.slice(40), SECRET);
  t.is(hex(data.slice(24, 40)), hex(digest));
});
