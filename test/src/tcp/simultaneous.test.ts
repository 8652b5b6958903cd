import test from 'ava';
import { NOTHING, Talker, TwoEnds } from './two-ends.js';

// @rfc 9293 MUST-10
test('two ends that connect to each other at the same time have one connection, whatever is lost', async (t) => {
  let met = 0;
  for (let seed = 0; seed < 40; seed++) {
    const loss = (seed % 4) * 0.08;
    const ends = await new TwoEnds({
      seed,
      cable: { latency: 10, loss },
      settings: { retries: 40, synRetries: 20 },
    }).start();
    const one = new Talker(20_000);
    const two = new Talker(30_000);
    ends.a.tcp.connect({ address: '10.0.0.2', port: 6000, localPort: 5000, handler: one.handler });
    ends.clock.advance(seed % 3);
    ends.b.tcp.connect({ address: '10.0.0.1', port: 5000, localPort: 6000, handler: two.handler });
    ends.clock.advance(120_000);
    // Where the first SYN found nobody yet, or a reset crossed, they were refused: both or none.
    if (one.closed === 'ECONNREFUSED' || two.closed === 'ECONNREFUSED') t.is(one.received + two.received, 0, `${seed}`);
    else {
      met++;
      t.deepEqual([one.received, two.received], [30_000, 20_000], `${seed}`);
    }
    t.false(one.corrupt || two.corrupt);
    ends.clock.run(100_000);
    t.deepEqual(ends.left(), NOTHING);
  }
  t.true(met >= 35, `${met}`);
});

test('a connection to itself is a simultaneous open, too', async (t) => {
  const ends = await new TwoEnds({ seed: 1 }).start();
  let text = '';
  const closed: unknown[] = [];
  ends.a.tcp.connect({
    address: '10.0.0.1',
    port: 5000,
    localPort: 5000,
    handler: {
      established: (session) => {
        session.write(new TextEncoder().encode('hello, me'));
        session.shutdown();
      },
      data: (bytes) => {
        text += new TextDecoder().decode(bytes);
      },
      end: (session) => session.close(),
      closed: (_, error) => closed.push(error),
    },
  });
  ends.clock.run(10_000);
  t.is(text, 'hello, me');
  t.deepEqual(closed, [null]);
  t.deepEqual(ends.left(), NOTHING);
});

test('both ends that close at the same moment end in good order, whatever is lost', async (t) => {
  for (let seed = 0; seed < 40; seed++) {
    const ends = await new TwoEnds({
      seed,
      cable: { latency: 10, loss: (seed % 4) * 0.05 },
      settings: { retries: 40 },
    }).start();
    const outcome: (string | null)[] = [];
    const sessions: { close(): void }[] = [];
    const handler = {
      established: (session: { close(): void }) => sessions.push(session),
      closed: (_: unknown, error: { code: string } | null) => outcome.push(error?.code ?? null),
    };
    ends.b.tcp.listen({ port: 80, onConnection: () => handler });
    ends.a.tcp.connect({ address: '10.0.0.2', port: 80, handler });
    ends.clock.advance(60_000);
    t.is(sessions.length, 2);
    for (const session of sessions) session.close();
    ends.clock.run(100_000);
    t.deepEqual(outcome, [null, null], `${seed}`);
    t.deepEqual(ends.left(), NOTHING);
  }
});
