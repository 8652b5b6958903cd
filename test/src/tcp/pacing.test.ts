import type { Clock, VirtualClock } from '@netwright/core';
import test from 'ava';
import { sendWithoutEnd, TwoEnds } from './two-ends.js';

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
  const ends = await new TwoEnds({ seed: 1, hostClock: late(most) }).start();
  const { a, b, clock } = ends;
  const { sending } = sendWithoutEnd(ends, { settings: { maxPacingRate: 1_000_000 } });
  while (clock.now() < 3000 && clock.step());
  const seconds = clock.now() / 1000;
  await a.stack.stop();
  await b.stack.stop();
  return sending.received / seconds;
}

test('a host whose timers are late sends at the rate that was asked for all the same', async (t) => {
  for (const most of [0, 1, 4, 9]) {
    const rate = await paced(most);
    t.true(rate > 900_000, `${Math.round(rate)} bytes a second with timers up to ${most} ms late`);
    t.true(rate < 1_050_000, `${Math.round(rate)} bytes a second with timers up to ${most} ms late`);
  }
});
