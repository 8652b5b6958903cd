import type { Clock, VirtualClock } from '@netwright/core';
import test from 'ava';
import { TwoEnds } from './two-ends.js';

/** A busy host: its alarms go off later than they are set for, by 0 to `most` ms in turn. */
function late(most: number): (clock: VirtualClock) => Clock {
  let turn = 0;
  return (clock) => ({
    epoch: clock.epoch,
    now: () => clock.now(),
    alarm(action) {
      const alarm = clock.alarm(action);
      return {
        get at() {
          return alarm.at;
        },
        set: (at: number) => alarm.set(at + (turn++ % (most + 1))),
        clear: () => alarm.clear(),
      };
    },
  });
}

/** Bytes a second that arrive of a connection limited to 1 MB a second. */
async function paced(most: number): Promise<number> {
  const { a, b, clock } = await new TwoEnds({ seed: 1, hostClock: late(most) }).start();
  let got = 0;
  b.tcp.listen({
    port: 7,
    onConnection: () => ({
      data: (view) => {
        got += view.length;
      },
    }),
  });
  const data = new Uint8Array(65536);
  const pump = () => {
    while (session.write(data) === data.length);
  };
  const session = a.tcp.connect({
    address: '10.0.0.2',
    port: 7,
    settings: { maxPacingRate: 1_000_000 },
    handler: { established: pump, writable: pump },
  });
  while (clock.now() < 3000 && clock.step());
  const seconds = clock.now() / 1000;
  await a.stack.stop();
  await b.stack.stop();
  return got / seconds;
}

test('a host whose timers are late sends at the rate that was asked for all the same', async (t) => {
  for (const most of [0, 1, 4, 9]) {
    const rate = await paced(most);
    t.true(rate > 900_000, `${Math.round(rate)} bytes a second with timers up to ${most} ms late`);
    t.true(rate < 1_050_000, `${Math.round(rate)} bytes a second with timers up to ${most} ms late`);
  }
});
