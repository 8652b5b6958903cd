import { HOST, override } from '@netwright/core';
import {
  CookieFastOpen,
  CookieKeys,
  type FastOpenOptions,
  fastOpenMemory,
  State,
  TCP_FASTOPEN,
} from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { App, ip, pattern, Rig } from './wire-peer.js';

const COOKIE = '01 02 03 04 05 06 07 08';
const GIVES = `mss 1460, raw 22 0a ${COOKIE}`;

/** A stack whose connections may open fast, both ways. */
async function fast(
  t: ExecutionContext,
  options: Partial<FastOpenOptions> = {},
  addresses = ['10.0.0.1/24'],
): Promise<Rig> {
  const policy = override(TCP_FASTOPEN, {
    make: (get) => new CookieFastOpen(fastOpenMemory(get(HOST)), { keys: KEYS, ...options }),
  });
  return Rig.start(t, { overrides: [policy], addresses });
}

const KEYS = CookieKeys.parse('00112233-44556677-8899aabb-ccddeeff');

/** The cookie that the stack grants to 10.0.0.2, as an option. */
function granted(kind = '22 0a'): string {
  const cookie = KEYS.cookieOf(ip('10.0.0.2'), ip('10.0.0.1'));
  return `mss 1460, raw ${kind} ${[...cookie].map((each) => each.toString(16)).join(' ')}`;
}

/** Asks 10.0.0.2 for a cookie, and gets one. */
function learn(rig: Rig, options = GIVES): void {
  const app = rig.connect({ localPort: 4999 });
  const peer = rig.peer({ port: 7, stackPort: 4999 });
  peer.answer({ options });
  app.session.abort();
  peer.drain();
}

// @rfc 7413 S4.1.2-1 S4.1.2-2
test('a cookie is SipHash-2-4 of both addresses: the vector of those who made it', (t) => {
  const keys = new CookieKeys([Uint8Array.from({ length: 16 }, (_, i) => i)]);
  const cookie = keys.cookieOf(ip('0.1.2.3'), ip('4.5.6.7'));
  t.is(Buffer.from(cookie).toString('hex'), '6224939a79f5f593');
  t.is(keys.worth(cookie, ip('0.1.2.3'), ip('4.5.6.7')), 'current');
  t.is(keys.worth(cookie, ip('0.1.2.4'), ip('4.5.6.7')), 'foreign');
  keys.use([new Uint8Array(16), Uint8Array.from({ length: 16 }, (_, i) => i)]);
  t.is(keys.worth(cookie, ip('0.1.2.3'), ip('4.5.6.7')), 'outdated');
  t.throws(() => new CookieKeys([new Uint8Array(15)]), { code: 'EINVAL' });
  t.throws(() => CookieKeys.parse('a1a1a1a1'), { code: 'EINVAL' });
});

test('data goes with the SYN once there is a cookie, and arrives once', async (t) => {
  const rig = await fast(t);
  learn(rig);
  const data = pattern(0, 2000);
  const app = rig.connect({ data });
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  const syn = peer.expect({ flags: 'S', seq: 0, length: 1420, reason: 'tcp.syn' });
  t.deepEqual(syn.payload, data.subarray(0, 1420));
  peer.send({ flags: 'SA', seq: 0, ack: 1421, options: 'mss 1460' });
  peer.expect({ flags: 'PA', seq: 1421, ack: 1, length: 580, reason: 'tcp.data' });
  t.true(app.session.fastOpening.dataTaken);
  t.is(app.session.sender.retransmissions, 0);
});

test('without a cookie data waits for the handshake, and goes with its last acknowledgement', async (t) => {
  const rig = await fast(t);
  rig.connect({ data: pattern(0, 100) });
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7, kind 34, nop, nop' });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
  peer.expect({ flags: 'PA', seq: 1, ack: 1, length: 100 });
});

// @rfc 7413 S2-1 S4.2-1
test('who says so takes no part, and plain stacks never do', async (t) => {
  const rig = await fast(t);
  learn(rig);
  rig.connect({ fastOpen: false, data: pattern(0, 100) });
  rig.peer({ port: 7, stackPort: 5000 }).expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7' });
  const plain = await Rig.start(t);
  plain.connect({ data: pattern(0, 100) });
  plain
    .peer({ port: 7, stackPort: 5000 })
    .expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7' });
  plain.listen();
  for (const [port, asks] of Object.entries(['mss 1460, raw 22 02, nop, nop', granted()])) {
    const peer = plain.peer({ port: 40_000 + Number(port) });
    peer.send({ flags: 'S', seq: 0, options: asks, data: 100 });
    peer.expect({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
  }
});

// @rfc 7413 S4.1.3-2
test('a cookie is of the address that it was given to: another one of ours asks for its own', async (t) => {
  const rig = await fast(t, {}, ['10.0.0.1/24', '10.0.0.9/24']);
  learn(rig);
  const data = pattern(0, 100);
  rig.connect({ data, localPort: 5000, localAddress: '10.0.0.9' });
  const second = rig.peer({ port: 7, stackPort: 5000, stackAddress: '10.0.0.9' });
  second.expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7, kind 34, nop, nop' });
  second.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460, raw 22 06 11 12 13 14' });
  for (const [localAddress, localPort] of [
    ['10.0.0.1', 5001],
    ['10.0.0.9', 5002],
  ] as const) {
    rig.connect({ data, localPort, localAddress });
    rig.peer({ port: 7, stackPort: localPort, stackAddress: localAddress }).expect({ flags: 'S', length: 100 });
  }
});

test('more data than the send buffer holds is refused, not cut', async (t) => {
  const rig = await fast(t);
  const data = new Uint8Array(2000);
  t.throws(() => rig.connect({ data, settings: { sendBuffer: 1000 } }), { code: 'EMSGSIZE' });
  rig.clean();
});

// @rfc 7413 S4.1.3.1-1 S4.1.3.1-2 S4.2.2-5 S4.2.2-14
test('a SYN that is lost goes again alone, and the server is spared data for a minute', async (t) => {
  const rig = await fast(t);
  learn(rig);
  rig.connect({ data: pattern(0, 500) });
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', length: 500 });
  peer.expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7', after: 1000 });
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
  peer.expect({ flags: 'PA', seq: 1, length: 500, reason: 'tcp.retransmit.syn-data' });
  peer.send({ seq: 1, ack: 501 });
  rig.connect({ data: pattern(0, 500), localPort: 5001 });
  rig.peer({ port: 7, stackPort: 5001 }).expect({ flags: 'S', length: 0, options: 'mss 1460, sackOK, ts, nop, ws 7' });
  rig.advance(60_000);
  rig.connect({ data: pattern(0, 500), localPort: 5002 });
  rig.peer({ port: 7, stackPort: 5002 }).expect({ flags: 'S', length: 500 });
});

test('what the server has not taken is sent again at once, and the window does not suffer', async (t) => {
  const rig = await fast(t);
  learn(rig);
  const app = rig.connect({ data: pattern(0, 1000) });
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  peer.expect({ flags: 'S', length: 1000 });
  peer.send({ flags: 'SA', seq: 0, ack: 301, options: 'mss 1460' });
  peer.expect({ flags: 'PA', seq: 301, ack: 1, length: 700, reason: 'tcp.retransmit.syn-data' });
  t.is(app.session.sender.congestion.cwnd, 14600);
  peer.send({ seq: 1, ack: 1001 });
  t.is(app.session.sender.queued, 0);
});

test('a server that knows neither option is asked by both in turn', async (t) => {
  const rig = await fast(t);
  const kinds: string[] = [];
  for (let i = 0; i < 3; i++) {
    const app = rig.connect({ localPort: 5000 + i });
    const peer = rig.peer({ port: 7, stackPort: 5000 + i });
    kinds.push(peer.expect({ flags: 'S' }).options.split(', ').slice(5).join(' '));
    peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
    app.session.abort();
    peer.drain();
  }
  t.deepEqual(kinds, ['kind 34 nop nop', 'kind 254', 'kind 34 nop nop']);
});

test('a program gets the data of a SYN, and its answer leaves, before the handshake is complete', async (t) => {
  const rig = await fast(t);
  const apps: App[] = [];
  rig.tcp.listen({
    port: 80,
    onConnection: (session) => {
      const app = new App();
      app.session = session;
      apps.push(app);
      return {
        data: (bytes) => {
          app.take(bytes);
          app.write(bytes.length);
        },
      };
    },
  });
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: granted(), data: 300 });
  peer.expect({ flags: 'SA', seq: 0, ack: 301, length: 0, options: 'mss 1460', reason: 'tcp.synack' });
  peer.expect({ flags: 'PA', seq: 1, ack: 301, length: 300, reason: 'tcp.data' });
  const [{ session, received }] = apps;
  t.is(received, 300);
  t.is(session.state, State.SynReceived);
  peer.send({ seq: 301, ack: 301 });
  t.is(session.state, State.Established);
  t.is(rig.tcp.counters.fastOpens, 1);
  session.close();
  peer.expect({ flags: 'FA', seq: 301 });
  peer.send({ flags: 'FA', seq: 301, ack: 302 });
  peer.drain(60_001);
  rig.clean();
});

test('a wrong cookie opens nothing, and the right one is told', async (t) => {
  const rig = await fast(t);
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: GIVES, data: 300 });
  peer.expect({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460, kind 34, nop, nop' });
  t.is(apps.length, 0);
  peer.send({ seq: 1, ack: 1, data: 300 });
  t.is(apps[0].received, 300);
});

// @rfc 7413 S4.2-2 S4.2.2-15 S5.1-1
test('the listener limits who may be pending; resets count for a minute', async (t) => {
  const rig = await fast(t);
  rig.listen({ fastOpen: 2 });
  const answers = [1, 2, 3].map((port) => {
    const peer = rig.peer({ port });
    peer.send({ flags: 'S', seq: 0, options: granted(), data: 10 });
    return [peer, peer.expect({ flags: 'SA' }).ack] as const;
  });
  t.deepEqual(
    answers.map(([, ack]) => ack),
    [11, 11, 1],
  );
  answers[0][0].send({ seq: 11, ack: 1 });
  answers[1][0].send({ flags: 'R', seq: 11 });
  const ack = (port: number) => {
    const peer = rig.peer({ port });
    peer.send({ flags: 'S', seq: 0, options: granted(), data: 10 });
    return peer.expect({ flags: 'SA' }).ack;
  };
  t.is(ack(4), 11, 'one has completed its handshake');
  t.is(ack(5), 1, 'the one that was reset still counts');
  rig.advance(60_001);
  // The fourth is still pending, and given up by then or not: one place is free in any case.
  t.is(ack(6), 11);
});

test('a connection that nobody completes is given up, and nothing is left of it', async (t) => {
  const rig = await fast(t);
  const { apps } = rig.listen({ settings: { synAckRetries: 2 } });
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: granted(), data: 10 });
  apps[0].write(500);
  const sent = peer.drain(60_000).map(({ flags, length }) => `${flags} ${length}`);
  t.deepEqual(sent, ['SA 0', 'PA 500', 'SA 0', 'SA 0', 'SA 0'], 'data is sent once: the SYN-ACK alone again');
  t.deepEqual(apps[0].events, ['established', 'closed ETIMEDOUT']);
  rig.clean();
});

// @rfc 7413 S4.1.3-4
test('no cookie is needed where both ends are told so', async (t) => {
  const rig = await fast(t, { clientWithoutCookie: true, serverWithoutCookie: true });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1460', data: 300 });
  peer.expect({ flags: 'SA', seq: 0, ack: 301, options: 'mss 1460' });
  t.is(apps[0].received, 300);
  rig.connect({ data: pattern(0, 1000) });
  const syn = rig.peer({ port: 7, stackPort: 5000 }).expect({ flags: 'S', options: 'mss 1460, sackOK, ts, nop, ws 7' });
  t.is(syn.length, 496, '536 bytes less 40 of options, since the MSS is not known (RFC 7413 section 4.1.3)');
});

// @rfc 7413 S4.2.1-4
test('a server that gave no cookie to either option is not asked again for a while, where the manifest says so (RFC 7413 section 4.2.1)', async (t) => {
  for (const refusalPause of [0, 600_000]) {
    const rig = await fast(t, { refusalPause });
    const asks = (localPort: number): string => {
      const app = rig.connect({ localPort });
      const peer = rig.peer({ port: 7, stackPort: localPort });
      const { options } = peer.next();
      peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1460' });
      app.session.abort();
      peer.drain();
      return options.includes('kind 34') ? 'assigned' : options.includes('kind 254') ? 'experimental' : 'no';
    };
    t.deepEqual([5001, 5002].map(asks), ['assigned', 'experimental']);
    t.is(asks(5003), refusalPause === 0 ? 'assigned' : 'no');
    rig.advance(600_001);
    t.is(asks(5004), 'assigned');
  }
});
