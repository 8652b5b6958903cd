import { type Override, override } from '@netwright/core';
import {
  Cubic,
  ECN_ACCURATE,
  ECN_ACCURATE_PASSIVE,
  ECN_OFF,
  ECN_ON,
  ECN_PASSIVE,
  EcnBlockages,
  type EcnPolicy,
  ecnPolicy,
  Feedback,
  Reno,
  StretchAck,
  TCP_ACK,
  TCP_CONGESTION,
  TCP_ECN,
  type TcpSession,
} from '@netwright/layers';
import type { CableProperties } from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import { NOTHING, Talker, TwoEnds } from './two-ends.js';
import { established, Rig } from './wire-peer.js';

const { None, Classic, Accurate } = Feedback;

interface Exchange {
  a: TcpSession;
  b: TcpSession;
  ends: TwoEnds;
  talkers: [Talker, Talker];
}

/** A connection from a to b on which both send so many bytes, and finish. */
async function exchange(
  cable: CableProperties,
  [client, server]: readonly [EcnPolicy, EcnPolicy],
  bytes: readonly [number, number] = [1_000_000, 300_000],
  seed: number | string = 1,
): Promise<Exchange> {
  const ends = await new TwoEnds({ seed, cable: { latency: 10, rate: 20_000_000, ...cable } }).start();
  const talkers: [Talker, Talker] = [new Talker(bytes[0]), new Talker(bytes[1])];
  const overriding = (value: EcnPolicy): Override[] => [override(TCP_ECN, { value })];
  let b: TcpSession | null = null;
  ends.b.tcp.listen({
    port: 7,
    overrides: overriding(server),
    onConnection: (session) => {
      b = session;
      return talkers[1].handler;
    },
  });
  const a = ends.a.tcp.connect({
    address: '10.0.0.2',
    port: 7,
    overrides: overriding(client),
    handler: talkers[0].handler,
  });
  ends.clock.advance(180_000);
  if (b === null) throw new Error('nobody connected');
  return { a, b, ends, talkers };
}

// @rfc 9768 S3.1.2-1 S3.1.2-2
test('what do two ends agree on? (RFC 9768 table 2)', async (t) => {
  const accurateForClassic = ecnPolicy('classic', 'accurate');
  for (const [client, server, agreed] of [
    [ECN_ACCURATE, ECN_ACCURATE, Accurate],
    [ECN_ACCURATE, ECN_ACCURATE_PASSIVE, Accurate],
    [ECN_ACCURATE, ECN_PASSIVE, Classic],
    [ECN_ACCURATE, ECN_OFF, None],
    [ECN_ON, ECN_ACCURATE, Classic],
    [accurateForClassic, ECN_ACCURATE, Classic],
    [ECN_OFF, ECN_ACCURATE, None],
    [ECN_ACCURATE_PASSIVE, ECN_ACCURATE, None],
    [ECN_ON, ECN_ON, Classic],
  ] as const) {
    const { a, b } = await exchange({}, [client, server], [1000, 1000]);
    const words = `${client.request} asks ${server.accept}`;
    t.is(a.ecn.feedback, agreed, words);
    t.is(b.ecn.feedback, agreed, words);
    t.is(a.ecn.failed + b.ecn.failed, 0, words);
  }
});

// @rfc 9768 S3.2-1 S3.2-2
test('do both ends count the same bytes, and as many as the path has marked?', async (t) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { a, b, ends, talkers } = await exchange({ mark: 0.05 }, [ECN_ACCURATE, ECN_ACCURATE], undefined, seed);
    t.deepEqual([talkers[1].received, talkers[0].received], [1_000_000, 300_000]);
    t.deepEqual(a.ecn.sending?.bytes, b.ecn.receiving?.bytes, `from a, seed ${seed}`);
    t.deepEqual(b.ecn.sending?.bytes, a.ecn.receiving?.bytes, `from b, seed ${seed}`);
    const [notCapable, ect1, ect0, marked] = b.ecn.receiving?.bytes ?? [];
    t.is(ect0 + marked, 1_000_000);
    t.is(notCapable + ect1, 0);
    t.true(marked > 10_000, `${marked} bytes came marked`);
    t.is(b.ecn.receivedMarks, ends.cable.counters.get('a')?.marked ?? -1, `packets from a, seed ${seed}`);
    t.is(a.ecn.receivedMarks, ends.cable.counters.get('b')?.marked ?? -1, `packets from b, seed ${seed}`);
    // What came last was told to nobody any more.
    t.true(b.ecn.receivedMarks - a.ecn.deliveredMarks <= 2, `${b.ecn.receivedMarks} and ${a.ecn.deliveredMarks} marks`);
    t.true(a.ecn.receivedMarks - b.ecn.deliveredMarks <= 2, `${a.ecn.receivedMarks} and ${b.ecn.deliveredMarks} marks`);
    t.true(b.ecn.deliveredMarks > 0);
    t.is(a.sender.retransmissions + b.sender.retransmissions, 0, 'a mark is no loss');
    t.deepEqual(ends.left(), NOTHING);
  }
});

// @rfc 9768 S3.2-2 S3.2.3.2-8
test('do they with loss, reordering and duplicates, too?', async (t) => {
  for (let seed = 1; seed <= 5; seed++) {
    const cable = { mark: 0.1, loss: 0.01, reorder: 0.01, duplicate: 0.01 };
    const { a, b, ends, talkers } = await exchange(cable, [ECN_ACCURATE, ECN_ACCURATE], undefined, seed);
    t.deepEqual([talkers[1].received, talkers[0].received], [1_000_000, 300_000]);
    t.false(talkers[0].corrupt || talkers[1].corrupt);
    t.deepEqual(a.ecn.sending?.bytes, b.ecn.receiving?.bytes, `from a, seed ${seed}`);
    t.true((b.ecn.receiving?.bytes[3] ?? 0) > 20_000);
    t.deepEqual(ends.left(), NOTHING);
  }
});

test('does a marked path slow the sender down, without a loss?', async (t) => {
  const free = await exchange({}, [ECN_ACCURATE, ECN_ACCURATE]);
  const marked = await exchange({ mark: 0.2 }, [ECN_ACCURATE, ECN_ACCURATE]);
  t.true(free.a.sender.congestion.cwnd > 3 * marked.a.sender.congestion.cwnd);
  t.is(marked.a.sender.retransmissions, 0);
});

test('is the option sent sparingly enough, and are the counters still right?', async (t) => {
  const sparing = ecnPolicy('accurate', 'accurate', { option: 'sparing' });
  const { a, b } = await exchange({ mark: 0.02 }, [sparing, sparing]);
  const [, , , received] = b.ecn.receiving?.bytes ?? [];
  const [, , , delivered] = a.ecn.sending?.bytes ?? [];
  t.true(received > 0);
  t.is(delivered, received);
});

test('without the option marks are counted all the same', async (t) => {
  const never = ecnPolicy('accurate', 'accurate', { option: 'never' });
  const { a, b } = await exchange({ mark: 0.02 }, [never, never]);
  t.true(b.ecn.receivedMarks > 5);
  t.true(Math.abs(b.ecn.receivedMarks - a.ecn.deliveredMarks) <= 2);
  t.deepEqual(a.ecn.sending?.bytes, [0, 0, 0, 0]);
});

// @rfc 8311 S4.2-1
test('a sender for L4S sends ECT(1)', async (t) => {
  const l4s = ecnPolicy('accurate', 'accurate', { codepoint: 1 });
  const { b } = await exchange({}, [l4s, ECN_ACCURATE], [10_000, 0]);
  t.deepEqual(b.ecn.receiving?.bytes, [0, 10_000, 0, 0]);
});

// @rfc 8511 S3-1 S3-2 S3-3
// @rfc 9438 S4.6-2
test('how much does a mark cost? Less than a loss, where RFC 8511 is followed', async (t) => {
  for (const [make, left] of [
    [() => new Reno(), 8000],
    [() => new Reno(0.5), 5000],
    [() => new Cubic(), 8500],
    [() => new Cubic(0.7), 7000],
  ] as const) {
    const { peer, app, session } = await established(t, {
      flags: 'SEC',
      overrides: [override(TCP_CONGESTION, { make })],
      syn: 'mss 1000',
    });
    app.write(50_000);
    peer.drain();
    peer.send({ flags: 'AE', seq: 1, ack: 1001 });
    t.is(session.sender.congestion.ssthresh, left);
  }
});

test('does inspection say what was agreed on, and what was counted?', async (t) => {
  const ends = await new TwoEnds({ seed: 1, overrides: [override(TCP_ECN, { value: ECN_ACCURATE })] }).start();
  ends.b.tcp.listen({ port: 7, onConnection: () => ({}) });
  const session = ends.a.tcp.connect({ address: '10.0.0.2', port: 7, handler: {} });
  ends.clock.advance(1000);
  session.write(new Uint8Array(5000));
  ends.clock.advance(1000);
  const fields = ends.b.tcp.inspect();
  const of = (name: string) => Object.entries(fields).find(([key]) => key.endsWith(name))?.[1];
  t.is(of('.ecn'), 'accurate');
  t.is(of('.ecn.receivedBytes.ect0'), 5000);
  t.is(of('.ecn.receivedMarks'), 0);
});

/** A connection to a server that agrees to accurate feedback without its option. */
async function agreed(t: ExecutionContext) {
  const value = ecnPolicy('accurate', 'accurate', { option: 'never' });
  // Nothing but marks brings acknowledgements soon.
  const lazy = override(TCP_ACK, { value: new StretchAck(100, 400) });
  const rig = await Rig.start(t, { overrides: [override(TCP_ECN, { value }), lazy] });
  const { apps } = rig.listen();
  const peer = rig.peer();
  peer.send({ flags: 'S', seq: 0, options: 'mss 1000', edit: (view) => ace(view, 7) });
  t.is(aceIn(peer.next().flags), 2);
  peer.send({ flags: 'A', seq: 1, ack: 1, edit: (view) => ace(view, 2) });
  peer.drain();
  return { rig, peer, app: apps[0] };
}

/** Writes AE, CWR and ECE. */
function ace(view: DataView, value: number): void {
  view.setUint16(12, (view.getUint16(12) & ~0x1c0) | (value << 6));
}

/** The lower two bits of them: AE has no letter. */
function aceIn(flags: string): number {
  return (flags.includes('C') ? 2 : 0) + (flags.includes('E') ? 1 : 0);
}

// @rfc 9768 S3.2.2.5-2 S3.2.2.5-3
test('marked acknowledgements are acknowledged when three have come; two marks on data are, too (RFC 9768 section 3.2.2.5.1)', async (t) => {
  const { peer, app } = await agreed(t);
  app.write(10_000);
  t.is(peer.drain().length, 10);
  const five = (view: DataView) => ace(view, 5);
  peer.send({ flags: 'A', seq: 1, ack: 1001, ecn: 3, edit: five });
  peer.send({ flags: 'A', seq: 1, ack: 2001, ecn: 3, edit: five });
  peer.silent();
  peer.send({ flags: 'A', seq: 1, ack: 3001, ecn: 3, edit: five });
  const [ofAcks, ...more] = peer.drain();
  t.deepEqual(more, []);
  t.is(ofAcks.length, 0);
  t.is(ofAcks.options, '', 'no SACK blocks: it is no duplicate');
  t.is(aceIn(ofAcks.flags), 8 & 3, 'five, and three');
  // The first marked data after what was not marked is told at once, then every second mark.
  const marked = (seq: number) => peer.send({ flags: 'A', seq, ack: 3001, data: 100, ecn: 3, edit: five });
  peer.send({ flags: 'A', seq: 1, ack: 3001, data: 100, ecn: 2, edit: five });
  peer.drain();
  marked(101);
  t.is(peer.drain().length, 1);
  marked(201);
  peer.silent();
  marked(301);
  t.is(peer.drain().length, 1);
});

// @rfc 9768 S3.2.2.1-2
test('a client with data to send acknowledges the SYN-ACK without it first, to tell how that has arrived (RFC 9768 section 3.2.2.1)', async (t) => {
  const rig = await Rig.start(t, { overrides: [override(TCP_ECN, { value: ECN_ACCURATE })] });
  const app = rig.connect();
  app.write(500);
  const peer = rig.peer({ port: 7, stackPort: 5000 });
  t.is(aceIn(peer.next().flags), 7 & 3);
  peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000', ecn: 2, edit: (view) => ace(view, 2) });
  const [first, second] = peer.drain();
  t.deepEqual([first.length, aceIn(first.flags)], [0, 4 & 3]);
  t.deepEqual([second.length, aceIn(second.flags)], [500, 5 & 3]);
});

// @rfc 9768 S3.1.4-2
test('a peer that twice answered only when it was not asked is not asked for a while (RFC 9768 section 3.1.4.1)', async (t) => {
  const blockages = new EcnBlockages(60_000);
  const rig = await Rig.start(t, {
    overrides: [override(TCP_ECN, { value: ecnPolicy('accurate', 'accurate', { blockages }) })],
  });
  /** Connects, and answers the first SYN that asks for so much or less. @returns what each SYN asked for. */
  const connect = (localPort: number, most: number): number[] => {
    const app = rig.connect({ localPort });
    const peer = rig.peer({ port: 7, stackPort: localPort });
    const asked: number[] = [];
    for (;;) {
      asked.push(aceIn(peer.next(10_000).flags));
      if (asked[asked.length - 1] <= most) break;
    }
    peer.send({ flags: 'SA', seq: 0, ack: 1, options: 'mss 1000' });
    app.session.abort();
    peer.drain();
    return asked;
  };
  t.deepEqual(connect(5001, 0), [3, 3, 0], 'two that ask, then one that does not');
  t.deepEqual(connect(5002, 0), [3, 3, 0], 'once may have been chance');
  t.deepEqual(connect(5003, 3), [0]);
  rig.advance(61_000);
  t.deepEqual(connect(5004, 3), [3], 'the blockage may be gone');
  t.deepEqual(connect(5005, 0), [3, 3, 0]);
  t.deepEqual(connect(5006, 3), [3], 'what passed counts anew');
});
