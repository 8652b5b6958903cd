import test, { type ExecutionContext } from 'ava';
import type { Informed, InformedTask } from './informed.js';
import { liveProblem, Wire } from './netns.js';

const problem = await liveProblem('ethtool', 'python3', 'ss');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

const BYTES = 600_000;

/** Connects, sends as much as it gets, and keeps the connection until it is ended. */
const CLIENT = `
import socket, sys, threading, time
s = socket.create_connection((sys.argv[1], 7000))
threading.Thread(target=lambda: s.sendall(b'x' * ${BYTES}), daemon=True).start()
left = ${BYTES}
while left > 0:
    left -= len(s.recv(65536))
print('got it', flush=True)
time.sleep(60)
`;

/** What `ss` shows of the one connection to port 7000: 'mss:1448' by name, and words alone as true. */
interface Shown {
  readonly words: ReadonlySet<string>;
  readonly value: (name: string) => string;
  readonly number: (name: string) => number;
}

function shown(line: string): Shown {
  const words = line.trim().split(/\s+/);
  const value = (name: string) => words.find((each) => each.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
  return { words: new Set(words), value, number: (name) => Number(value(name).split('/')[0] || 0) };
}

async function agree(task: Omit<InformedTask, 'address' | 'bytes'>): Promise<{ ours: Informed; theirs: Shown }> {
  const wire = Wire.make();
  try {
    const address = '10.77.0.9';
    const program = wire.stack.node('informed', JSON.stringify({ address: `${address}/24`, bytes: BYTES, ...task }));
    await program.prints('ready');
    const client = wire.peer.start('python3', '-c', CLIENT, address);
    await client.prints('got it');
    const ours = JSON.parse(await program.prints('{"info"')) as Informed;
    const theirs = shown(wire.peer.run('ss', '-HtinOo', 'dport', '=', ':7000'));
    return { ours, theirs };
  } finally {
    await wire.remove();
  }
}

/** What both ends must say the same of, whatever the path does. */
function common(t: ExecutionContext, { ours: { info, faults }, theirs }: { ours: Informed; theirs: Shown }): void {
  t.is(info.state, 'ESTABLISHED');
  t.is(info.options.timestamps, theirs.words.has('ts'));
  t.is(info.options.sack, theirs.words.has('sack'));
  t.is(info.options.ecn, theirs.words.has('ecn'));
  // Each end names the peer's shift first.
  t.is(`${info.rcv_wscale},${info.snd_wscale}`, theirs.value('wscale'));
  t.is(info.snd_mss, theirs.number('mss'));
  t.is(info.rcv_mss, theirs.number('rcvmss'));
  t.is(info.advmss, theirs.number('advmss'));
  t.is(info.pmtu, theirs.number('pmtu'));
  t.is(info.bytes_acked, theirs.number('bytes_received'));
  // The kernel opened it: its SYN counts as a byte.
  t.is(info.bytes_received + 1, theirs.number('bytes_acked'));
  t.is(info.bytes_sent, info.bytes_acked + info.bytes_retrans);
  t.is(theirs.number('bytes_sent'), info.bytes_received + theirs.number('bytes_retrans'));
  // What one end has sent and the path has not lost the other one has received: but for our SYN-ACK, which the end that
  // answers does not count.
  const apart = (sent: number, lost: number, received: number) => Math.abs(sent - lost - received);
  t.true(apart(info.segs_out + 1, faults.out.lost, theirs.number('segs_in')) <= 1);
  t.true(apart(theirs.number('segs_out'), faults.in.lost, info.segs_in) <= 1);
  t.is(info.unacked + info.retrans + info.lost + info.sacked + theirs.number('unacked'), 0);
  // The latency is 15 ms each way; alarms go off up to a millisecond early, programs of a busy machine late.
  for (const rtt of [info.min_rtt, theirs.number('minrtt')]) t.true(rtt >= 27 && rtt < 250, `${rtt} ms at least`);
  const difference = Math.abs(info.rtt - theirs.number('rtt'));
  t.true(
    difference < 25 + Math.max(info.rtt, theirs.number('rtt')) / 2,
    `${info.rtt} ms here, ${theirs.value('rtt')} ms there`,
  );
  t.true(info.snd_wnd <= theirs.number('rcv_ssthresh') * 1.1 && info.rcv_wnd === theirs.number('snd_wnd'));
}

const path = { latency: 15 };

live(`does TCP_INFO say what ss says of the other end, where our segments are lost?${why}`, async (t) => {
  const both = await agree({ seed: 'out', out: { ...path, loss: 0.02 }, in: path });
  common(t, both);
  const { ours, theirs } = both;
  const { info } = ours;
  const lost = info.data_segs_out - theirs.number('data_segs_in');
  t.true(lost > 0 && lost <= ours.faults.out.lost);
  t.true(Math.abs(info.total_retrans - lost - info.dsack_dups) <= 1);
  t.true(Math.abs(info.delivered - 1 - theirs.number('data_segs_in') + info.dsack_dups) <= 1);
  t.true(theirs.number('rcv_ooopack') > 0 && info.rcv_ooopack === 0);
  t.is(theirs.value('retrans'), '');
});

live(`does it where the kernel's are lost?${why}`, async (t) => {
  const both = await agree({ seed: 'in', out: path, in: { ...path, loss: 0.02 } });
  common(t, both);
  const { ours, theirs } = both;
  const { info } = ours;
  const lost = theirs.number('data_segs_out') - info.data_segs_in;
  t.true(lost > 0 && lost <= ours.faults.in.lost);
  const duplicates = theirs.number('dsack_dups');
  t.true(Math.abs(Number(theirs.value('retrans').split('/')[1]) - lost - duplicates) <= 1);
  t.true(Math.abs(theirs.number('delivered') - 1 - info.data_segs_in + duplicates) <= 1);
  t.true(info.rcv_ooopack > 0 && theirs.number('rcv_ooopack') === 0);
  t.is(info.total_retrans, 0);
});

live(`does it where they are overtaken?${why}`, async (t) => {
  const reorder = { ...path, reorder: 0.03, reorderDelay: 4 };
  const both = await agree({ seed: 'late', out: reorder, in: reorder });
  common(t, both);
  const { ours, theirs } = both;
  const { info } = ours;
  t.true(info.reord_seen > 0 && theirs.number('rcv_ooopack') > 0);
  t.true(theirs.number('reord_seen') > 0 && info.rcv_ooopack > 0);
  // What was sent again was on its way: the receiver has it twice, and says so, once for what came in two pieces.
  t.true(info.dsack_dups <= info.total_retrans && info.dsack_dups * 2 >= info.total_retrans);
});
