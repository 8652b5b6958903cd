// The first thing that the kernel and our stack do differently in a random script.
import { describe } from './record.mjs';

/** Fields of TCP_INFO that must be equal. */
const EXACT = (
  'state ca_state retransmits probes backoff snd_mss rcv_mss unacked sacked lost retrans snd_ssthresh snd_cwnd advmss ' +
  'reordering total_retrans bytes_acked bytes_received notsent_bytes data_segs_in data_segs_out delivered bytes_sent ' +
  'bytes_retrans dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd rcv_ssthresh segs_out segs_in total_rto delivered_ce'
).split(' ');
/** Those that are times, in µs, and how far they may be apart. */
const TIMES = { rto: 8000, rtt: 3000, rttvar: 3000, min_rtt: 2000, ato: 4000 };
/** All that TCP_INFO tells. */
export const FIELDS = [...EXACT, ...Object.keys(TIMES)];
/** States in which there is nothing to tell of. */
const WITHOUT_CONNECTION = [2, 7];
const PARTS = ['flags', 'seq', 'length', 'ack', 'window', 'urgent', 'ecn', 'options'];

/** ms that a timer of the kernel may be early and late: it counts jiffies, the coarser the longer it runs. */
const EARLY = 6;
const late = (delay) => 9 + 0.14 * delay;

/**
 * @param ignored names of what is not looked at: a field of TCP_INFO, a part of a segment, 'time' or 'call'.
 * @returns null where both do the same; else { kind, at, event, ours, kernel }
 */
export function firstDifference(ours, kernel, ignored = new Set()) {
  const during = (side, event) => side.segments.filter((each) => each.event === event);
  for (let event = 0; event <= kernel.steps.length; event++) {
    const since = kernel.steps[event - 1]?.at ?? 0;
    const found =
      compareSegments(during(ours, event), during(kernel, event), since, ignored) ??
      (event < kernel.steps.length ? compareStep(ours.steps[event], kernel.steps[event], ignored) : null);
    if (found !== null) return { event, ...found };
  }
  return null;
}

function compareSegments(own, other, since, ignored) {
  for (let i = 0; i < Math.max(own.length, other.length); i++) {
    const [a, b] = [own[i], other[i]];
    const told = (each) => (each === undefined ? 'nothing' : `${each.at.toFixed(1)} ms ${describe(each)}`);
    const differ = (kind) => ({ kind, at: (b ?? a).at, ours: told(a), kernel: told(b) });
    if (a === undefined) return differ('more');
    if (b === undefined) return differ('less');
    for (const part of PARTS) if (a[part] !== b[part] && !ignored.has(part)) return differ(part);
    const apart = b.at - a.at;
    if (!ignored.has('time') && (apart < -EARLY || apart > late(a.at - since))) return differ('time');
    if (a.stamp !== null && Math.abs(b.stamp - a.stamp - apart) > 4) return differ('stamp');
  }
  return null;
}

function compareStep(ours, kernel, ignored) {
  const differ = (kind, a, b) => ({ kind, at: kernel.at, ours: String(a), kernel: String(b) });
  const [own, other] = [ours.info, kernel.info];
  const field = (info, name) => info[`tcpi_${name}`];
  if (field(own, 'state') !== undefined && field(other, 'state') !== undefined) {
    const state = field(other, 'state');
    if (state === field(own, 'state') && WITHOUT_CONNECTION.includes(state))
      return compareCalls(ours, kernel, differ, ignored);
    for (const name of EXACT) {
      const [a, b] = [field(own, name), field(other, name)];
      if (a !== undefined && a !== b && !ignored.has(name)) return differ(name, a, b);
    }
    for (const [name, apart] of Object.entries(TIMES)) {
      const [a, b] = [field(own, name), field(other, name)];
      const none = (value) => value === 0 || value === 0xffffffff;
      if (none(a) && none(b)) continue;
      if (!ignored.has(name) && Math.abs(a - b) > apart + 0.02 * b) return differ(name, a, b);
    }
  }
  return compareCalls(ours, kernel, differ, ignored);
}

function compareCalls(ours, kernel, differ, ignored) {
  if (ours.told === null || ignored.has('call')) return null;
  const told = ({ value, errno }) => `${value}${errno === null ? '' : ` ${errno}`}`;
  return told(ours.told) === told(kernel.told) ? null : differ('call', told(ours.told), told(kernel.told));
}
