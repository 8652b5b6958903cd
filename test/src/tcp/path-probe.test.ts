import type { TcpSettings } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { type App, type Emitted, Rig, type WirePeer } from './wire-peer.js';

const PROBE = 'tcp.probe.path';
const ROUND_TRIP = 100;
/** 64 KiB, by its scale of 7: more than a program has to send, so that there is room for probes. */
const WINDOW = 512;

/** A peer with SACK behind a path that carries segments of `largest` bytes, and loses those that `loses` says. */
class Path {
  largest = 1460;
  loses: (segment: Emitted) => boolean = () => false;
  readonly seen: Emitted[] = [];
  private rcvNxt = 1;
  private held: [begin: number, end: number][] = [];

  constructor(
    readonly rig: Rig,
    readonly peer: WirePeer,
    readonly app: App,
  ) {}

  static async start(t: ExecutionContext, settings: Partial<TcpSettings> = {}): Promise<Path> {
    const rig = await Rig.start(t, { settings: { mtuProbing: 'always', ...settings } });
    const { apps } = rig.listen();
    const peer = rig.peer();
    peer.send({ flags: 'S', seq: 0, options: 'mss 1460, nop, nop, sackOK, nop, ws 7' });
    peer.expect({ flags: 'SA' });
    rig.advance(ROUND_TRIP);
    peer.send({ seq: 1, ack: 1, win: WINDOW });
    return new Path(rig, peer, apps[0]);
  }

  /** `count` round trips with `queued` bytes to send in each. @returns the probes among what was sent. */
  rounds(count: number, queued = 20_000): Emitted[] {
    const begin = this.seen.length;
    for (let i = 0; i < count; i++) {
      this.app.write(Math.max(0, queued - this.app.session.sender.queued));
      for (const segment of this.peer.drain(ROUND_TRIP)) {
        this.seen.push(segment);
        // Segments leave and arrive one after the other: RACK goes by when they were sent.
        this.rig.clock.advance(0.5);
        if (segment.length > this.largest || this.loses(segment)) continue;
        this.arrive(segment.seq, segment.seq + segment.length);
      }
    }
    return this.seen.slice(begin).filter(({ reason }) => reason === PROBE);
  }

  /** Round trips until everything has arrived. */
  settle(): void {
    while (this.app.session.sender.queued > 0) this.rounds(1, 0);
  }

  private arrive(begin: number, end: number): void {
    this.held.push([begin, end]);
    this.held.sort((a, b) => a[0] - b[0]);
    const merged: [number, number][] = [];
    for (const [from, to] of this.held) {
      const last = merged.at(-1);
      if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
      else merged.push([from, to]);
    }
    while (merged.length > 0 && merged[0][0] <= this.rcvNxt) this.rcvNxt = Math.max(this.rcvNxt, merged.shift()![1]);
    this.held = merged;
    const blocks = merged.slice(0, 3).map(([from, to]) => `${from}-${to}`);
    this.peer.send({
      seq: 1,
      ack: this.rcvNxt,
      win: WINDOW,
      ...(blocks.length > 0 ? { options: `sack ${blocks.join(' ')}` } : {}),
    });
  }
}

const sizes = (probes: Emitted[]) => probes.map(({ length }) => length);

// @rfc 4821 S4-4 S7.1-1 S7.1-2 S7.2-1 S7.2-2 S7.3-1 S7.6.1-1
test('larger segments are tried until hardly anything is left to gain, and the window stays what it was in bytes', async (t) => {
  const path = await Path.start(t);
  const { sender } = path.app.session;
  t.is(sender.mss, 1024);
  const tried: number[] = [];
  for (let i = 0; i < 12; i++) {
    const [window, acknowledged] = [sender.congestion.cwnd, sender.acknowledgedBytes];
    tried.push(...sizes(path.rounds(1)));
    t.true(sender.congestion.cwnd - window <= sender.acknowledgedBytes - acknowledged, 'slow start at most');
  }
  t.deepEqual(tried, [1242, 1351, 1406, 1433, 1447, 1454]);
  t.is(sender.mss, 1454);
});

// @rfc 4821 S4-2 S4-3 S7.4-2 S7.6.2-1 S7.6.2-2 S7.6.2-3
test('a probe that is lost alone costs no window, and the next one waits a round trip for each segment of it', async (t) => {
  const path = await Path.start(t);
  path.largest = 1200;
  const { sender } = path.app.session;
  const [first] = path.rounds(2);
  t.is(first.length, 1242);
  const window = sender.congestion.cwnd;
  path.rounds(2);
  t.true(sender.congestion.cwnd >= window);
  t.is(sender.mss, 1024);
  const [second] = path.rounds(50);
  t.is(second.length, 1133, 'half way between what passed and what did not');
  const trips = Math.ceil(window / 1024);
  t.true(second.at - first.at >= trips * ROUND_TRIP, `${second.at - first.at} ms for ${trips} segments`);
  path.rounds(120);
  t.is(sender.mss, 1200);
});

// @rfc 4821 S4-2 S7.6.4-1
test('a probe that is lost with others is congestion: the window shrinks, and the same size is tried again', async (t) => {
  const path = await Path.start(t);
  const { sender } = path.app.session;
  let after = -1;
  path.loses = ({ reason, seq, length }) => {
    if (reason === PROBE && after < 0) after = seq + length;
    return reason === PROBE || seq === after;
  };
  t.deepEqual(sizes(path.rounds(2)), [1242]);
  path.loses = () => false;
  const again = path.rounds(4);
  t.true(sender.congestion.ssthresh < 64 * 1024);
  t.is(again[0].length, 1242);
});

// @rfc 4821 S7.6.3-1
test('a probe that cost a timeout is followed by a longer rest', async (t) => {
  const path = await Path.start(t);
  const [first] = path.rounds(2);
  path.settle();
  const trips = Math.ceil(path.app.session.sender.congestion.cwnd / 1242);
  path.loses = () => true;
  const [lost] = path.rounds(1);
  t.deepEqual([first.length, lost.length], [1242, 1351]);
  path.peer.drain(1000);
  path.loses = () => false;
  const begin = path.rig.clock.now();
  const [next] = path.rounds(400);
  t.is(next.length, 1351);
  t.true(next.at - begin > 3 * trips * ROUND_TRIP, `${next.at - begin} ms, a window of ${trips} segments`);
});

// @rfc 4821 S7.3-2
test('a search that has ended begins anew after ten minutes, and not before', async (t) => {
  const path = await Path.start(t);
  path.largest = 1200;
  const last = path.rounds(200).at(-1)?.at ?? 0;
  t.is(path.app.session.sender.mss, 1200);
  path.largest = 1460;
  path.settle();
  path.peer.drain(590_000 + last - path.rig.clock.now());
  const [next] = path.rounds(120);
  t.is(next.length, 1330);
  t.true(next.at >= last + 600_000 && next.at < last + 601_000, `${next.at - last} ms`);
  t.true(path.app.session.sender.mss > 1400);
});

// @rfc 4821 S7.4-1 S7.4-3
test('no probe leaves without data for it and for four segments behind it', async (t) => {
  const path = await Path.start(t);
  t.deepEqual(sizes(path.rounds(2)), [1242]);
  path.settle();
  const least = 1351 + 4 * 1242;
  t.deepEqual(sizes(path.rounds(2, least - 1)), []);
  t.deepEqual(sizes(path.rounds(1, least)), [1351]);
});

// @rfc 4821 S7.7-1 S7.7-2
test('a path that swallows everything is tried with ever smaller segments', async (t) => {
  const path = await Path.start(t, { mtuProbing: 'black-hole', retries: 12 });
  path.app.write(1460);
  const sent = path.peer.drain(600_000).map(({ length }) => length);
  t.deepEqual(sent.slice(1, 10), [1460, 1460, 1460, 1460, 1024, 512, 256, 128, 64], 'behind a tail loss probe');
  t.true(
    sent.every((length) => length >= 48),
    'no path is taken to be worse than one of 88 bytes',
  );
});

// @rfc 4821 S7.2-2
test('mtuBase says how large segments are while nothing is known (RFC 4821 section 7.2)', async (t) => {
  const path = await Path.start(t, { mtuBase: 600 });
  path.rounds(1);
  t.is(path.seen[0].length, 600);
  const probes = path.rounds(40);
  t.true(probes.length > 2);
  t.true(path.app.session.sender.mss > 1440, 'and the search goes on from there');
});

// @rfc 4821 S7.1-3
test('what is larger than the least size and arrives raises that, though it was no probe (RFC 4821 section 7.1)', async (t) => {
  const path = await Path.start(t, { mtuProbing: 'black-hole' });
  const { session } = path.app;
  path.app.write(3 * 1460);
  t.is(path.peer.drain().length, 3);
  // Everything is silent for so long that the path seems to drop what is large.
  for (let sent = 0; session.sender.mss === 1460 && sent < 10; sent++) path.peer.next(60_000);
  t.is(session.sender.mss, 1024);
  path.peer.drain();
  path.peer.send({ seq: 1, ack: 1 + 3 * 1460, win: WINDOW });
  t.is(session.sender.mss, 1460, 'it did not');
});

// @rfc 4821 S7.8-1
test('a size that brings many losses is taken back, though its probe has passed (RFC 4821 section 7.8)', async (t) => {
  for (const striped of [true, false]) {
    const path = await Path.start(t);
    let turn = 0;
    // Of two ways one takes no more than 1200 bytes.
    path.loses = ({ length, reason }) => striped && length > 1200 && reason !== PROBE && ++turn % 2 === 0;
    path.rounds(300);
    const { mss } = path.app.session.sender;
    if (striped) t.true(mss <= 1200, `${mss}`);
    else t.true(mss > 1440, `${mss}`);
  }
});
