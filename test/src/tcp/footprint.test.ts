import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { TwoEnds } from './two-ends.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test.serial('does a transfer of 100 MB keep anything for each of its 70 000 segments?', async (t) => {
  const { clock, pool, a, b } = await new TwoEnds({ seed: 'footprint', cable: { latency: 0.1 } }).start();
  const bytes = 100_000_000;
  const data = new Uint8Array(65536);
  let sent = 0;
  let got = 0;
  b.tcp.listen({
    port: 7,
    onConnection: () => ({
      data: (view) => {
        got += view.length;
      },
    }),
  });
  const pump = () => {
    while (sent < bytes) {
      const taken = session.write(data, 0, Math.min(data.length, bytes - sent));
      sent += taken;
      if (taken < data.length) return;
    }
  };
  const session = a.tcp.connect({ address: '10.0.0.2', port: 7, handler: { established: pump, writable: pump } });
  // The first tenth fills the pools of slots and blocks, which stay.
  while (got < bytes / 10) clock.step();
  collect();
  const before = process.memoryUsage().heapUsed;
  while (got < bytes) clock.step();
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  t.true(b.tcp.counters.segmentsIn > 68_000, `${b.tcp.counters.segmentsIn} segments`);
  t.true(grown < 1_000_000, `the heap grew by ${grown} bytes, ${grown / b.tcp.counters.segmentsIn} a segment`);
  clock.advance(1000);
  t.is(pool.inUse, 0);
  t.is(a.tcp.blocks.inUse, 0);
  t.is(b.tcp.blocks.inUse, 0);
  await a.stack.stop();
  await b.stack.stop();
});
