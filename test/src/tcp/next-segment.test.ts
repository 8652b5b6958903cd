import { override } from '@netwright/core';
import {
  AdaptiveRecovery,
  FixedRto,
  Reno,
  SACK_RECOVERY,
  TCP_CONGESTION,
  TCP_RECOVERY,
  TCP_RTT,
} from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import { established, type WirePeer } from './wire-peer.js';

const MSS = 1000;

/** Ten segments are in flight, numbers 1 to 10, and nothing else is to be sent. */
async function tenInFlight(t: ExecutionContext, choices = SACK_RECOVERY): Promise<WirePeer> {
  const { app, peer } = await established(t, {
    overrides: [
      override(TCP_RECOVERY, { make: () => new AdaptiveRecovery(choices) }),
      override(TCP_CONGESTION, { make: () => new Reno() }),
      override(TCP_RTT, { make: () => new FixedRto(5000) }),
    ],
    syn: 'mss 1000, sackOK',
  });
  app.write(10 * MSS);
  t.is(peer.drain().length, 10);
  return peer;
}

/** What the stack sends when segments up to `acked` and those `from` to `to` are acknowledged: the numbers of segments. */
function answers(peer: WirePeer, acked: number, from = 0, to = 0): number[] {
  const begin = (segment: number) => (segment - 1) * MSS + 1;
  const options = from === 0 ? {} : { options: `sack ${begin(from)}-${begin(to + 1)}` };
  peer.send({ seq: 1, ack: begin(acked + 1), ...options });
  return peer.drain().map(({ seq }) => (seq - 1) / MSS + 1);
}

// @rfc 6675 S4-6 S4-7 S5-6
test('where nothing is known to be lost and nothing is new: a hole below what was reported goes, then the end once (RFC 6675 section 4)', async (t) => {
  const peer = await tenInFlight(t);
  t.deepEqual(answers(peer, 0, 2, 4), [1], 'rule 1, and neither 3 nor 4 as long as nothing more is acknowledged');
  t.deepEqual(answers(peer, 0, 6, 6), [5], 'rule 3: one segment beyond it does not tell that it is lost');
  t.deepEqual(answers(peer, 6), [10], 'rule 4: the highest octet, though 7 to 9 are missing, too');
  t.deepEqual(answers(peer, 7), [], 'one rescue for each recovery');
});

test('without the last resorts of RFC 6675 nothing is sent that is not known to be lost', async (t) => {
  const peer = await tenInFlight(t, { ...SACK_RECOVERY, lastResort: false });
  t.deepEqual(answers(peer, 0, 2, 4), [1]);
  t.deepEqual(answers(peer, 0, 6, 6), []);
  t.deepEqual(answers(peer, 6), []);
});

// @rfc 6675 S5.1-1
// @rfc 2018 S5-2 S5.1-3
test('a timeout makes what was reported count as missing, where the manifest chooses RFC 6675 to the letter', async (t) => {
  for (const [choices, expected] of [
    [SACK_RECOVERY, [2, 3]],
    [{ ...SACK_RECOVERY, forgetful: false }, [2, 4]],
  ] as const) {
    const peer = await tenInFlight(t, choices);
    t.deepEqual(answers(peer, 0, 3, 3), []);
    peer.expect({ seq: 1, within: 5100 });
    t.deepEqual(answers(peer, 1), expected);
  }
});
