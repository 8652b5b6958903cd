import { definePlugin, implementation } from '@netwright/core';
import { TCP_SESSION, TcpSession } from '@netwright/layers';
import { injectable, injectFromBase } from 'inversify';
import type { Choice, Flow, Scene, Seen } from './rig.js';

/** One choice for a token, and how the wire shows it. */
export interface Case extends Choice {
  readonly scene?: Scene;
  /** Conversations that can show it; all four unless said otherwise. */
  readonly shows?: readonly Flow[];
  /** Whether a conversation went as the choice makes it go. By default it must not. */
  holds(frames: readonly Seen[]): boolean;
}

/** Answers, and opens, with sequence number 5555. */
@injectable()
@injectFromBase({ extendConstructorArguments: true })
export class FiveFive extends TcpSession {
  protected override sendSyn(): void {
    this.useInitialSequence(5555);
    super.sendSyn();
  }

  protected override sendSynAck(): void {
    this.useInitialSequence(5555);
    super.sendSynAck();
  }
}

/** A third party's plugin with a session of its own. */
export const variations = definePlugin({
  name: 'variations',
  version: '1.0.0',
  implementations: [
    implementation({
      name: 'session.five-five',
      token: TCP_SESSION,
      summary: 'answers with 5555',
      provide: () => ({ class: FiveFive }),
    }),
  ],
});

const out = (frames: readonly Seen[]) => frames.filter((each) => each.direction === 'out');
const fields = (frames: readonly Seen[]) => out(frames).map((each) => each.fields);
const synOf = (frames: readonly Seen[]) => fields(frames).find((each) => each['tcp.flags.syn'] === true) ?? {};
const data = (frames: readonly Seen[]) => out(frames).filter(({ fields }) => Number(fields['tcp.len']) > 0);
const afterSyn = (frames: readonly Seen[]) => fields(frames).filter((each) => each['tcp.flags.syn'] === false);

/** Data segments of the first millisecond after a pause of five seconds. */
function burstAfterPause(frames: readonly Seen[]): number {
  const times = data(frames).map(({ at }) => at);
  const resumed = times.find((at, i) => i > 0 && at - times[i - 1] > 5000) ?? 0;
  return times.filter((at) => at >= resumed && at < resumed + 1).length;
}

function payload({ bytes, fields }: Seen): string {
  return new TextDecoder().decode(bytes.subarray(bytes.length - Number(fields['tcp.len'])));
}

/** Ms between the first two times that the stack sent the same data. */
function wait(frames: readonly Seen[]): number {
  const times = new Map<unknown, number>();
  for (const each of data(frames)) {
    const seq = each.fields['tcp.seq'];
    const first = times.get(seq);
    if (first !== undefined) return each.at - first;
    times.set(seq, each.at);
  }
  return 0;
}

/** Ms from each time that the stack sent the first data to the next one. */
function waits(frames: readonly Seen[]): number[] {
  const sent = data(frames);
  const times = sent.filter((each) => each.fields['tcp.seq'] === sent[0].fields['tcp.seq']).map((each) => each.at);
  return times.slice(1).map((at, i) => at - times[i]);
}

/** Acknowledgements without data before the first data. */
function acks(frames: readonly Seen[]): number {
  const sent = out(frames);
  const first = sent.findIndex(({ fields }) => Number(fields['tcp.len']) > 0);
  return sent.slice(0, first).filter(({ fields }) => fields['tcp.flags'] === 'A').length;
}

/** Bytes of the first flight: what was sent at the time of the first data. */
function firstFlight(frames: readonly Seen[]): number {
  const sent = data(frames);
  return sent.filter((each) => each.at === sent[0]?.at).reduce((sum, { fields }) => sum + Number(fields['tcp.len']), 0);
}

/** Every token that a connection or listener can have of its own. */
export const CASES: readonly Case[] = [
  { token: 'tcp.session', use: 'session.five-five', holds: (frames) => synOf(frames)['tcp.seq'] === 5555 },
  {
    token: 'tcp.isn',
    use: 'isn.fixed',
    options: { value: 4_294_967_290 },
    holds: (frames) => synOf(frames)['tcp.seq'] === 4_294_967_290,
  },
  {
    token: 'tcp.ports',
    use: 'ports.sequential',
    options: { first: 40_000 },
    // A listener has its port already.
    shows: ['c1', 'c2'],
    holds: (frames) => Number(synOf(frames)['tcp.srcport']) < 41_000,
  },
  {
    token: 'tcp.options',
    use: 'options.bare',
    holds: (frames) =>
      synOf(frames)['tcp.option_kind'] === '2' && afterSyn(frames).every((each) => each['tcp.hdr_len'] === 20),
  },
  {
    token: 'tcp.segmentation',
    use: 'segmentation.fixed',
    options: { bytes: 100 },
    scene: { size: 3000 },
    holds: (frames) =>
      data(frames).length >= 30 && data(frames).every(({ fields }) => Number(fields['tcp.len']) <= 100),
  },
  {
    token: 'tcp.ack',
    use: 'ack.stretch',
    options: { segments: 8, wait: 400 },
    scene: { size: 30_000, rate: '10mbit' },
    holds: (frames) => acks(frames) < 8,
  },
  {
    token: 'tcp.window',
    use: 'window.fixed',
    options: { bytes: 7000 },
    holds: (frames) => afterSyn(frames).every((each) => each['tcp.window'] === 7000),
  },
  {
    token: 'tcp.reassembly',
    use: 'reassembly.last',
    scene: { mode: 'overlap' },
    holds: (frames) => payload(data(frames)[0]) === 'headBBBB',
  },
  {
    token: 'tcp.rtt',
    use: 'rtt.fixed',
    options: { rto: 3000 },
    scene: { mode: 'deaf' },
    // A loss probe comes first; the timer begins anew after it.
    holds: (frames) => waits(frames).some((each) => Math.abs(each - 3000) < 10),
  },
  {
    token: 'tcp.recovery',
    use: 'recovery.timeout',
    scene: { mode: 'lose', size: 30_000, rate: '10mbit' },
    holds: (frames) => wait(frames) > 150,
  },
  {
    token: 'tcp.congestion',
    use: 'congestion.fixed',
    options: { cwnd: 2896 },
    scene: { size: 30_000 },
    holds: (frames) => firstFlight(frames) === 2896,
  },
  {
    token: 'tcp.validation',
    use: 'validation.pipeack',
    scene: { mode: 'pause', size: 30_000, rate: '10mbit' },
    // The window is kept, and what it lets go is spread over a round trip.
    holds: (frames) => burstAfterPause(frames) < 5,
  },
  {
    token: 'tcp.listen',
    use: 'listen.refuse',
    shows: ['l1', 'l2'],
    holds: (frames) => fields(frames).every((each) => each['tcp.flags'] === 'RA'),
  },
  {
    token: 'tcp.timewait',
    use: 'timewait.standard',
    options: { duration: 200_000 },
    scene: { mode: 'late' },
    // 100 s after the end a FIN is still answered, instead of reset.
    holds: (frames) => fields(frames).at(-1)?.['tcp.flags'] === 'A',
  },
  {
    token: 'tcp.challenge',
    use: 'challenge.limited',
    options: { perSecond: 3 },
    scene: { mode: 'intrude' },
    holds: (frames) => out(frames).filter((each) => each.why.startsWith('tcp.challenge')).length === 3,
  },
  {
    token: 'tcp.fastopen',
    use: 'fastopen.cookies',
    scene: { peer: { 'tcp.fastopen': 'fastopen.cookies' } },
    holds: (frames) => String(synOf(frames)['tcp.option_kind']).includes('34'),
  },
  {
    token: 'tcp.ecn',
    use: 'ecn.on',
    // A listener agrees by default, too: see the next one.
    shows: ['c1', 'c2'],
    holds: (frames) => synOf(frames)['tcp.flags'] === 'SEW',
  },
  {
    token: 'tcp.ecn',
    use: 'ecn.off',
    scene: { peer: { 'tcp.ecn': 'ecn.on' } },
    shows: ['l1', 'l2'],
    holds: (frames) => synOf(frames)['tcp.flags'] === 'SA',
  },
  {
    token: 'tcp.authentication',
    use: 'authentication.md5',
    options: { peers: [{ peer: '0.0.0.0/0', key: 'secret' }] },
    // The peer has no key: it takes the SYN and its answer is dropped; nothing of its own is answered.
    shows: ['c1', 'c2'],
    holds: (frames) => String(synOf(frames)['tcp.option_kind']).split(',').includes('19'),
  },
  {
    token: 'ip.id',
    use: 'id.fixed',
    options: { value: 4242 },
    holds: (frames) => fields(frames).every((each) => each['ip.id'] === 4242),
  },
  {
    token: 'ip.ttl',
    use: 'ttl.fixed',
    options: { value: 7 },
    holds: (frames) => fields(frames).every((each) => each['ip.ttl'] === 7),
  },
];
