import { buildStack, Cidr, IpAddress, override, PacketPool, VirtualClock } from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import {
  AoAuthentication,
  type Authenticator,
  type ConnectionId,
  KeyRing,
  type MasterKey,
  Segment,
  State,
  TCP_AUTHENTICATION,
  Tcp,
  trafficKey,
} from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { shippedPlugins } from 'netwright';
import { AO_VECTORS } from './ao-vectors.js';
import { Rig, type Sent, type WirePeer } from './wire-peer.js';

const EVERYBODY = Cidr.parse('0.0.0.0/0') as Cidr;
const EVERYBODY6 = Cidr.parse('::/0') as Cidr;
const SECRET = new TextEncoder().encode('testvector');
const UNREACHABLE = 3;
/** The option with an empty MAC, where the peer's signer will put its own. */
const EMPTY = `raw 1d 10 ${'00 '.repeat(14).trim()}`;

const pool = new PacketPool({ small: 8, large: 1 });

function verifies(authenticator: Authenticator, data: Uint8Array): boolean {
  const packet = pool.take(data.length);
  if (packet === null) throw new Error('no packet');
  packet.start = packet.append(data.length);
  packet.bytes.set(data, packet.start);
  const segment = new Segment();
  const good = segment.read(packet) && authenticator.verify(segment, packet.view, packet.start, packet.end);
  packet.release();
  return good;
}

function made(id: ConnectionId, keys: KeyRing): Authenticator {
  const authentication = new AoAuthentication().setKeys(EVERYBODY, keys).setKeys(EVERYBODY6, keys);
  const authenticator = authentication.authenticator(id);
  if (authenticator === null) throw new Error('no key');
  return authenticator;
}

// @rfc 9235 S4.1 S4.2 S5.1 S5.2 S6.1 S6.2 S7.1 S7.2
// @rfc 5926 S2.2-1 S2.2-2 S2.2-3 S2.2-4
// @rfc 5925 S5.1-1 S5.2-1 S5.2-2 S2.2-5 S1.2-1
test('every segment of RFC 9235 has its traffic key, and the other end of its connection verifies its MAC', (t) => {
  t.is(AO_VECTORS.length, 32);
  let ends: Authenticator[] = [];
  let isns: number[] = [];
  for (const [i, { section, key, packet }] of AO_VECTORS.entries()) {
    const bytes = Uint8Array.from(packet.split(/\s+/), (each) => Number.parseInt(each, 16));
    const view = new DataView(bytes.buffer);
    const four = bytes[0] >> 4 === 4;
    const [size, header] = four ? [4, 20] : [16, 40];
    const source = IpAddress.read(view, header - 2 * size, size);
    const destination = IpAddress.read(view, header - size, size);
    const segment = bytes.slice(header);
    const fields = new DataView(segment.buffer);
    const [sourcePort, destinationPort] = [fields.getUint16(0), fields.getUint16(2)];
    const mine = {
      localAddress: source,
      localPort: sourcePort,
      remoteAddress: destination,
      remotePort: destinationPort,
    };
    const theirs = {
      localAddress: destination,
      localPort: destinationPort,
      remoteAddress: source,
      remotePort: sourcePort,
    };
    const algorithm = Number(section[0]) % 2 === 0 ? 'hmac-sha1-96' : 'aes-128-cmac-96';
    const tuple = { secret: SECRET, algorithm, options: section[2] === '1' } as const;
    const fromClient = i % 2 === 0;
    if (i % 4 === 0) {
      const client: MasterKey = { ...tuple, sendId: 61, receiveId: 84 };
      const server: MasterKey = { ...tuple, sendId: 84, receiveId: 61 };
      ends = [made(mine, new KeyRing([client])), made(theirs, new KeyRing([server]))];
      isns = [fields.getUint32(4), 0];
    } else if (i % 4 === 1) isns[1] = fields.getUint32(4);
    const [sender, receiver] = fromClient ? ends : [ends[1], ends[0]];
    const [sourceIsn, destinationIsn] = fromClient ? isns : [isns[1], isns[0]];
    const context = {
      source: bytes.slice(header - 2 * size, header - size),
      destination: bytes.slice(header - size, header),
    };
    const made_ = trafficKey(
      { ...tuple, sendId: 0, receiveId: 0 },
      { ...context, sourcePort, destinationPort, sourceIsn, destinationIsn },
    );
    t.is(Buffer.from(made_).toString('hex'), key, section);
    // The sender knows its own numbers from what it has signed: the same header, before its option alone.
    const own = new Uint8Array(36);
    own.set(segment.subarray(0, 20));
    own[12] = 9 << 4;
    sender.sign(new DataView(own.buffer), 0, own.length);
    t.true(verifies(receiver, segment), section);
    const [changed, at] = [segment.slice(), segment.length - 1];
    changed[at] ^= 1;
    t.false(verifies(receiver, changed), section);
  }
});

/** The end of a connection that signs: the peer of a stack that has the same keys. */
class Signer {
  readonly authenticator: Authenticator;

  constructor(
    private readonly rig: Rig,
    readonly peer: WirePeer,
    keys: KeyRing = new KeyRing([{ sendId: 2, receiveId: 1, secret: SECRET }]),
  ) {
    const { address, port, stackAddress, stackPort } = peer;
    const id = { localAddress: address, localPort: port, remoteAddress: stackAddress, remotePort: stackPort };
    this.authenticator = made(id, keys);
  }

  send(sent: Sent, behind = ''): void {
    this.peer.send({
      ...sent,
      options: behind === '' ? EMPTY : `${EMPTY}, ${behind}`,
      edit: (view) => {
        this.authenticator.place(view, 0);
        this.authenticator.sign(view, 0, view.byteLength);
        sent.edit?.(view);
      },
    });
  }

  /** The next segment of the stack, which is signed. */
  expect(t: ExecutionContext, flags: string): void {
    const [{ bytes }] = this.rig.device.frames;
    t.true(verifies(this.authenticator, bytes.slice(34, 14 + new DataView(bytes.buffer).getUint16(16))));
    this.peer.expect({ flags });
  }
}

/** A stack whose peers have keys, and a peer that signs. */
async function signed(t: ExecutionContext, authentication = new AoAuthentication()) {
  authentication.setKeys(EVERYBODY, new KeyRing([{ sendId: 1, receiveId: 2, secret: SECRET }]));
  const rig = await Rig.start(t, { overrides: [override(TCP_AUTHENTICATION, { value: authentication })] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  const signer = new Signer(rig, peer);
  return { rig, apps, peer, signer };
}

async function open(t: ExecutionContext, authentication?: AoAuthentication) {
  const ends = await signed(t, authentication);
  const { apps, signer } = ends;
  signer.send({ flags: 'S', seq: 0 }, 'mss 1460');
  signer.expect(t, 'SA');
  signer.send({ seq: 1, ack: 1 });
  const [app] = apps;
  t.is(app.session.state, State.Established);
  return { ...ends, app };
}

// @rfc 5925 S7.1-1 S7.3-1 S7.3-2 S7.5-1 S7.5-2 S7.3-4 S3.3-2 S7.4-1
test('what the peer has not signed, or anybody has changed, is dropped without a word, from its SYN on', async (t) => {
  const { rig, apps, peer, signer } = await signed(t);
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460' });
  signer.send({ flags: 'S', seq: 0, edit: (view) => view.setUint8(30, view.getUint8(30) ^ 1) }, 'mss 1460');
  signer.send({ flags: 'S', seq: 0, edit: (view) => view.setUint8(22, 7) }, 'mss 1460');
  peer.silent(10_000);
  t.is(rig.tcp.counters.unauthentic, 3);
  signer.send({ flags: 'S', seq: 0 }, 'mss 1460');
  signer.expect(t, 'SA');
  signer.send({ seq: 1, ack: 1 });
  peer.send({ flags: 'R', seq: 1 });
  peer.send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  signer.send({ flags: 'PA', seq: 1, ack: 1, data: 100, edit: (view) => view.setUint8(50, view.getUint8(50) ^ 1) });
  // The options behind it are covered as well: a window that is scaled otherwise would be another window.
  peer.silent(100);
  t.is(rig.tcp.counters.unauthentic, 6);
  signer.send({ flags: 'PA', seq: 1, ack: 1, data: 100 });
  t.is(apps[0].received, 100);
  signer.expect(t, 'A');
});

// @rfc 5925 S2.2-1 S2.2-2 S2.2-3 S2.2-4
test('two signatures, or one of an impossible length, are none, whether the peer has a key or not', async (t) => {
  const bad = [
    ['both options', `${EMPTY}, raw 13 12 ${'00 '.repeat(16).trim()}`],
    ['two of them', `${EMPTY}, raw 1d 10 ${'00 '.repeat(14).trim()}`],
    ['a length below 4', 'raw 1d 03 00 00'],
    ['a length beyond the header', 'mss 1460, raw 1d 20 00 00'],
  ];
  for (const keyless of [false, true]) {
    const authentication = new AoAuthentication();
    if (keyless)
      authentication.setKeys(
        Cidr.parse('192.0.2.0/24') as Cidr,
        new KeyRing([{ sendId: 1, receiveId: 2, secret: SECRET }]),
      );
    else authentication.setKeys(EVERYBODY, new KeyRing([{ sendId: 1, receiveId: 2, secret: SECRET }]));
    const rig = await Rig.start(t, { overrides: [override(TCP_AUTHENTICATION, { value: authentication })] });
    rig.listen();
    for (const [i, [why, options]] of bad.entries()) {
      const peer = rig.peer({ port: 1000 + i });
      const signer = new Signer(rig, peer);
      peer.send({
        flags: 'S',
        seq: 0,
        options,
        edit: (view) => {
          if (options.startsWith(EMPTY)) signer.authenticator.sign(view, 0, view.byteLength);
        },
      });
      peer.silent(0);
      t.is(rig.tcp.counters.unauthentic, i + 1, why);
    }
  }
});

// @rfc 5925 S7.8-1 S7.8-2 S7.8-4
test('ICMP says nothing to a connection that is signed: not that its segments are too large, nor a hard error', async (t) => {
  const { rig, peer, signer, app } = await open(t);
  app.write(1440);
  signer.expect(t, 'PA');
  for (const code of [2, 3, 4]) rig.icmp(peer, UNREACHABLE, code, 1, 600);
  peer.silent(0);
  t.is(app.session.softError, null);
  t.is(app.session.sender.mss, 1444);
  const counted = rig.host.counters.get('icmp') as { errorsUnfounded: number };
  t.is(counted.errorsUnfounded, 3);
  const trusting = await open(t, new AoAuthentication(false, false));
  trusting.app.write(1440);
  trusting.signer.expect(t, 'PA');
  trusting.rig.icmp(trusting.peer, UNREACHABLE, 4, 1, 1000);
  trusting.signer.expect(t, 'A');
  t.true(trusting.app.session.sender.mss < 1000);
});

// @rfc 5925 S7.3-3
test('what a peer without a key signs is taken as it comes, unless it is told otherwise', async (t) => {
  for (const refuses of [false, true]) {
    const authentication = new AoAuthentication(refuses);
    authentication.setKeys(
      Cidr.parse('192.0.2.0/24') as Cidr,
      new KeyRing([{ sendId: 1, receiveId: 2, secret: SECRET }]),
    );
    const rig = await Rig.start(t, { overrides: [override(TCP_AUTHENTICATION, { value: authentication })] });
    rig.listen();
    const peer = rig.peer();
    new Signer(rig, peer).send({ flags: 'S', seq: 0 }, 'mss 1460');
    if (refuses) peer.silent(0);
    else peer.expect({ flags: 'SA', options: 'mss 1460' });
    t.is(rig.tcp.counters.unauthentic, refuses ? 1 : 0);
  }
});

// @rfc 5925 S3.1-1 S3.1-2 S7.1-2 S7.1-4 S7.5-3 S4-1 S3.1-3 S3.3-1 S3.3-2 S7.1-3 S7.1-5
test('keys are added to a connection, preferred and taken away while it lasts; any number of 0 to 255 is one', async (t) => {
  const [first, second] = [
    { sendId: 0, receiveId: 255, secret: SECRET },
    { sendId: 255, receiveId: 0, secret: new TextEncoder().encode('another') },
  ];
  const ring = new KeyRing([first]);
  const authentication = new AoAuthentication().setKeys(EVERYBODY, ring);
  const rig = await Rig.start(t, { overrides: [override(TCP_AUTHENTICATION, { value: authentication })] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  const mirrored = [first, second].map(({ sendId, receiveId, secret }) => ({
    sendId: receiveId,
    receiveId: sendId,
    secret,
  }));
  const theirs = new KeyRing([mirrored[0]]);
  const signer = new Signer(rig, peer, theirs);
  signer.send({ flags: 'S', seq: 0 }, 'mss 1460');
  signer.expect(t, 'SA');
  signer.send({ seq: 1, ack: 1 });
  for (const [sendId, receiveId] of [
    [0, 7],
    [7, 255],
    [256, 7],
    [7, -1],
  ])
    t.throws(() => ring.add({ sendId, receiveId, secret: SECRET }), { code: 'EINVAL' });
  ring.add(second).prefer(second.receiveId);
  theirs.add(mirrored[1]);
  const ids = () => {
    const [{ bytes }] = rig.device.frames;
    const found = [bytes[34 + 22], bytes[34 + 23]];
    signer.expect(t, 'PA');
    return found;
  };
  apps[0].write(10);
  t.deepEqual(ids(), [0, 0], 'signed by the old one; the new one is wanted');
  const keys = () => apps[0].session.info().signature_keys;
  t.deepEqual(keys(), { current: 0, wanted: 0, received: 255, asked: 0 });
  theirs.prefer(second.sendId);
  signer.send({ seq: 1, ack: 11 });
  t.deepEqual(keys(), { current: 255, wanted: 0, received: 0, asked: 255 });
  apps[0].write(10);
  t.deepEqual(ids(), [255, 0], 'the peer wants the new one, too');
  ring.remove(first.receiveId);
  theirs.remove(first.sendId);
  signer.send({ flags: 'PA', seq: 1, ack: 21, data: 10 });
  t.is(apps[0].received, 10);
});

// @rfc 5925 S7.7-1
test('an idle connection that is signed is watched by keep-alives, unless its keys say otherwise (RFC 5925 section 7.7)', async (t) => {
  for (const keepsAlive of [true, false]) {
    const { rig, peer, app } = await open(t, new AoAuthentication(false, true, keepsAlive));
    t.false(app.session.settings.keepAlive);
    rig.advance(7_300_000);
    t.deepEqual(
      peer.drain().map(({ reason }) => reason),
      keepsAlive ? ['tcp.probe.keepalive', 'tcp.probe.keepalive'] : [],
    );
  }
});

/** The keys of a stack whose manifest says this of them. */
async function keysOf(options: string): Promise<Authenticator | null> {
  const manifest = [
    'address: 10.0.0.1/24',
    'seed: 1',
    'layers: [ethernet, arp, ipv4, icmp, tcp]',
    `override: { tcp.authentication: { use: ${options} } }`,
  ].join('\n');
  const stack = await buildStack(manifest, {
    device: new MemoryDevice(),
    clock: new VirtualClock(),
    plugins: shippedPlugins,
  });
  await stack.start();
  return (stack.layer(Tcp) as Tcp).connect({ address: '10.0.0.2', port: 80 }).transmitter.authenticator;
}

/** The signature of a segment of zeros. */
function signature(authenticator: Authenticator | null): string {
  const view = new DataView(new ArrayBuffer(40));
  view.setUint8(12, 0xa0);
  authenticator?.place(view, 0);
  authenticator?.sign(view, 0, 40);
  return Buffer.from(view.buffer, 20).toString('hex');
}

// @rfc 5926 S3.1-1 S3.1.1.3-1 S3.1.1.3-2
test('a manifest has keys as ASCII or in hexadecimal digits, and both derivations by their names (RFC 5926 sections 3.1 and 3.1.1.3)', async (t) => {
  const ao = (secret: string) =>
    keysOf(`authentication.ao, peers: [{ peer: 10.0.0.2, keys: [{ sendId: 1, receiveId: 2, ${secret} }] }]`).then(
      signature,
    );
  const ascii = await ao('secret: testvector');
  t.is(await ao('secretHex: 74657374766563746f72'), ascii);
  t.is(await ao('secretHex: 74657374766563746f72, algorithm: SHA1'), ascii, 'which is the default');
  const aes = await ao('secret: testvector, algorithm: AES128');
  t.not(aes, ascii);
  t.is(await ao('secret: testvector, algorithm: aes-128-cmac-96'), aes);
  t.not(await ao('secretHex: 00ff'), ascii, 'bytes that no text has');
  const md5 = (key: string) => keysOf(`authentication.md5, peers: [{ peer: 10.0.0.2, ${key} }]`).then(signature);
  t.is(await md5("keyHex: '736563726574'"), await md5('key: secret'));
  await t.throwsAsync(ao("secret: both, secretHex: 'aa'"), { message: /one of secret and secretHex/ });
  await t.throwsAsync(ao("secretHex: 'abc'"), { message: /pairs of hexadecimal digits/ });
  await t.throwsAsync(md5("key: both, keyHex: 'aa'"), { message: /one of key and keyHex/ });
});
