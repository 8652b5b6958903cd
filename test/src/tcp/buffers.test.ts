import { override } from '@netwright/core';
import { type AckSample, ReceiveTuning, Reno, TCP_CONGESTION, type TcpSettings } from '@netwright/layers';
import test from 'ava';
import { sendWithoutEnd, TwoEnds } from './two-ends.js';

const MBIT = 1_000_000;

/** One connection that always has something to send, over 100 Mbit/s and a round trip of 100 ms, for six seconds. */
async function longFatPath(settings: Partial<TcpSettings>) {
  const cable = { latency: 50, rate: 100 * MBIT, queue: { bytes: 1_500_000 } };
  const ends = await new TwoEnds({ seed: 'fat', cable, settings }).start();
  const { a, b, clock } = ends;
  const { session, sending } = sendWithoutEnd(ends);
  while (clock.step(3000));
  const before = sending.received;
  while (clock.step(6000));
  const receiver = b.tcp.sessions()[0].receiver;
  const outcome = {
    mbits: ((sending.received - before) * 8) / 3 / MBIT,
    receive: receiver.limit,
    send: session.sender.buffer.limit,
    info: b.tcp.sessions()[0].info(),
  };
  await a.stack.stop();
  await b.stack.stop();
  return outcome;
}

test('from the usual buffers a path of 100 Mbit/s and 100 ms is filled to four fifths', async (t) => {
  const { mbits, receive, send } = await longFatPath({});
  t.true(mbits >= 80, `${mbits} Mbit/s`);
  t.true(receive > 1 << 20, `receive buffer ${receive}`);
  t.true(send >= 1 << 20, `send buffer ${send}`);
});

test('buffers of 64 KiB grow to what the path needs where they may, and hold it back where they may not', async (t) => {
  const small = { receiveBuffer: 65_536, sendBuffer: 65_536 };
  const grown = await longFatPath({ ...small, receiveBufferMax: 6 << 20, sendBufferMax: 4 << 20 });
  t.true(grown.mbits >= 80, `${grown.mbits} Mbit/s`);
  t.true(grown.receive > 1_250_000 && grown.receive <= 6 << 20, `receive buffer ${grown.receive}`);
  t.true(grown.send > 1_250_000 && grown.send <= 4 << 20, `send buffer ${grown.send}`);
  // The receiver has measured the round trip by the timestamps that came back.
  t.true(grown.info.rcv_rtt >= 100 && grown.info.rcv_rtt < 250, `${grown.info.rcv_rtt} ms`);
  t.true(grown.info.rcv_space > 65_536, `${grown.info.rcv_space}`);
  const held = await longFatPath(small);
  t.true(held.mbits < 6, `${held.mbits} Mbit/s`);
  t.is(held.receive, 65_536);
  t.is(held.send, 65_536);
});

test('a program that does not read makes no buffer grow', (t) => {
  const tuning = new ReceiveTuning(6 << 20);
  tuning.measured(100);
  for (let now = 0; now < 10_000; now += 50) t.is(tuning.limit(65_536, now, 0, 1460), 65_536);
});

test('nothing grows before a round trip is known, or beyond what it may', (t) => {
  const tuning = new ReceiveTuning(200_000);
  tuning.taken = 1_000_000;
  t.is(tuning.limit(65_536, 1000, 0, 1460), 65_536);
  tuning.measured(100);
  tuning.taken = 1_000_000;
  t.is(tuning.limit(65_536, 2000, 0, 1460), 200_000);
});

test('over a path of a tenth of a millisecond no buffer grows, however fast data is read', (t) => {
  const tuning = new ReceiveTuning(6 << 20);
  for (let now = 1; now < 100; now++) {
    tuning.taken = 1 << 20;
    t.is(tuning.limit(1 << 20, now, 0.1, 1460), 1 << 20);
  }
});

/** Grows by a third of what is acknowledged, as conservative slow start and CUBIC come to. */
class Thirds extends Reno {
  override acknowledged(sample: AckSample): void {
    this.cwnd += sample.acked / 3;
  }
}

test('a write takes whole bytes, though the congestion window that its buffer grows with has fractions', async (t) => {
  const overrides = [override(TCP_CONGESTION, { make: () => new Thirds() })];
  const settings = { sendBuffer: 65_536, sendBufferMax: 4 << 20 };
  const { a, b, clock } = await new TwoEnds({ seed: 'fractions', settings, overrides }).start();
  t.teardown(() => Promise.all([a.stack.stop(), b.stack.stop()]));
  let got = 0;
  let ended = false;
  b.tcp.listen({
    port: 7,
    onConnection: () => ({
      data: (view) => {
        got += view.length;
      },
      end: () => {
        ended = true;
      },
    }),
  });
  const data = new Uint8Array(1000);
  let sent = 0;
  const taken = new Set<number>();
  const pump = () => {
    while (sent < 4_000_000) {
      const length = session.write(data);
      taken.add(length);
      sent += length;
      if (length < data.length) return;
    }
    if (session.writable) session.shutdown();
  };
  const session = a.tcp.connect({ address: '10.0.0.2', port: 7, handler: { established: pump, writable: pump } });
  while (!ended && clock.step(60_000));
  t.true(session.sender.buffer.limit > 65_536, 'the buffer grew');
  t.deepEqual(
    [...taken].filter((each) => !Number.isInteger(each)),
    [],
  );
  t.is(got, sent);
  t.true(ended);
});
