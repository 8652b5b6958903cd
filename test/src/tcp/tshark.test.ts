import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@netwright/core';
import type { TcpSession } from '@netwright/layers';
import { CaptureFile } from '@netwright/plugins';
import test from 'ava';
import { Talker, TwoEnds } from './two-ends.js';

const tshark = spawnSync('tshark', ['--version']).status === 0;
const ifTshark = tshark ? test : test.skip;
const why = tshark ? '' : ' (skipped: tshark is not on the PATH)';

const PORT = 7777;

/** What tshark calls a segment: '' for nothing special. */
type Verdict = '' | 'retransmission' | 'fast' | 'spurious' | 'out-of-order';

/** A segment of the sender, with our reason for it and what tshark says of it. */
interface Sent {
  readonly reason: string;
  readonly verdict: Verdict;
  /** It begins where the last acknowledgement ends, and so many duplicates of that had come. */
  readonly first: boolean;
  readonly duplicates: number;
}

const FIELDS = [
  'tcp.stream',
  'tcp.dstport',
  'tcp.seq',
  'tcp.ack',
  'tcp.len',
  'tcp.flags.fin',
  'frame.comment',
  'tcp.analysis.duplicate_ack_num',
  'tcp.analysis.retransmission',
  'tcp.analysis.fast_retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.out_of_order',
] as const;

/** Connections of many lengths over a path that loses frames both ways, as the interfaces of both ends see them. */
async function capture(sender: string, receiver: string): Promise<{ duplicates: number }> {
  const cable = { latency: 20, loss: 0.04, from: { a: { latency: 20, loss: 0.04, rate: 20_000_000 } } };
  const { a, b, clock } = await new TwoEnds({ seed: 'tshark', cable }).start();
  const files = [new CaptureFile({ clock, file: sender }), new CaptureFile({ clock, file: receiver })];
  for (const each of files) each.start();
  a.host.watch(files[0].tapOf(() => 'a'));
  b.host.watch(files[1].tapOf(() => 'b'));
  b.tcp.listen({ port: PORT, onConnection: () => ({ data: () => {}, end: (session) => session.close() }) });
  const random = new SeededRandom('lengths');
  let duplicates = 0;
  for (let i = 0; i < 340; i++) {
    const talker = new Talker(Math.round(400_000 ** (0.4 + 0.6 * random.float())), 20_000);
    const closed = (session: TcpSession) => {
      duplicates += session.info().dsack_dups;
    };
    a.tcp.connect({ address: '10.0.0.2', port: PORT, handler: { ...talker.handler, closed } });
    clock.advance(200);
  }
  clock.advance(200_000);
  await a.stack.stop();
  await b.stack.stop();
  for (const each of files) each.stop();
  return { duplicates };
}

/** What tshark says of the sender's segments with text or FIN. */
function read(file: string): Sent[] {
  const wanted = FIELDS.flatMap((each) => ['-e', each]);
  const ran = spawnSync('tshark', ['-r', file, '-Y', 'tcp', '-T', 'fields', ...wanted], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  const sent: Sent[] = [];
  const acknowledged = new Map<string, { ack: string; duplicates: number }>();
  for (const line of ran.stdout.split('\n')) {
    const [stream, port, seq, ack, length, fin, comment, duplicate, again, fast, spurious, order] = line.split('\t');
    if (stream === '') continue;
    const last = acknowledged.get(stream);
    if (Number(port) !== PORT) {
      acknowledged.set(stream, { ack, duplicates: Number(duplicate) || 0 });
      continue;
    }
    if (Number(length) === 0 && fin !== '1') continue;
    const verdict = spurious ? 'spurious' : fast ? 'fast' : again ? 'retransmission' : order ? 'out-of-order' : '';
    const reason = comment.split(' ')[0];
    sent.push({ reason, verdict, first: last?.ack === seq, duplicates: last?.duplicates ?? 0 });
  }
  return sent;
}

/**
 * What tshark is to say of a segment with our reason. It calls fast what follows two duplicate acknowledgements, within 20
 * ms, and begins where they end: the first hole of a window. For further holes of the same window, and where time told of
 * the loss when fewer duplicates had come (RACK), it has no word: out of order when the newest segment is younger than the
 * round trip of the handshake, else a retransmission. What the retransmission timer or a loss probe sends again is a
 * retransmission, and not a fast one.
 */
function expected({ reason, first, duplicates }: Sent): readonly Verdict[] {
  switch (reason) {
    case 'tcp.retransmit.fast':
      return first && duplicates >= 2 ? ['fast'] : ['out-of-order', 'retransmission'];
    case 'tcp.retransmit.rto':
      return ['retransmission'];
    case 'tcp.probe.loss':
      // New data where there is some.
      return ['retransmission', ''];
    default:
      return [''];
  }
}

ifTshark(`does tshark call what is sent again what our reasons say?${why}`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tshark-'));
  try {
    const [sender, receiver] = ['a', 'b'].map((each) => join(folder, `${each}.pcapng`));
    const { duplicates } = await capture(sender, receiver);
    const sent = read(sender);
    const first = sent.filter(({ reason }) => reason === 'tcp.data' || reason === 'tcp.fin');
    const again = sent.filter(({ reason }) => reason !== 'tcp.data' && reason !== 'tcp.fin');
    t.true(again.length >= 500, `only ${again.length} were sent again`);
    t.true(first.every(({ verdict }) => verdict === ''));
    // What arrives a second time after it was acknowledged is spurious at the receiver, which reports it (RFC 2883); some
    // reports are lost. At the sender nothing is: it sends nothing again that it knows to have arrived.
    const spurious = read(receiver).filter(({ verdict }) => verdict === 'spurious').length;
    const agreed = again.filter((each) => expected(each).includes(each.verdict)).length;
    const share = (agreed - Math.abs(spurious - duplicates)) / again.length;
    const of = (verdict: Verdict) => again.filter((each) => each.verdict === verdict).length;
    t.log(
      `${again.length} of ${sent.length} sent again, ${spurious} spurious, ${duplicates} reported; ${agreed} agree:`,
    );
    t.log(`${of('fast')} fast, ${of('out-of-order')} out of order, ${of('retransmission')} retransmissions`);
    t.true(share >= 0.95, `tshark says the same of ${(100 * share).toFixed(1)} %`);
    const timed = again.filter(({ reason }) => !reason.endsWith('.fast')).length;
    t.true(of('fast') > 100 && timed > 10, `${of('fast')} are fast, ${timed} by a timer`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
