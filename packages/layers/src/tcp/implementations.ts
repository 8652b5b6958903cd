import { HOST, type Implementation, implementation, type Provider, type Token } from '@netwright/core';
import { z } from 'zod';
import { authenticationImplementations } from './authentication/implementations.js';
import { ChallengeInterval, ChallengePerConnection } from './challenge.js';
import { Bbr } from './congestion/bbr.js';
import { FixedCongestionWindow } from './congestion/congestion.js';
import { Cubic } from './congestion/cubic.js';
import { Reno } from './congestion/reno.js';
import { EcnBlockages } from './ecn/blockages.js';
import { ECN_ACCURATE_PASSIVE, ECN_OFF, ECN_ON, ECN_PASSIVE, ecnPolicy } from './ecn/policy.js';
import { CookieKeys } from './open/cookie-keys.js';
import { CookieFastOpen, fastOpenMemory, NO_FAST_OPEN } from './open/fastopen.js';
import { FixedSequence, hashedSequence } from './open/isn.js';
import { AlwaysAdmit, Backlog, SynCookieBacklog } from './open/listen-policy.js';
import { FIRST_EPHEMERAL, hashedPortsOf, LAST_EPHEMERAL, SequentialPorts } from './open/ports.js';
import { providedPerStack } from './per-stack.js';
import { adapt } from './profile/congestion.js';
import { initialSegments } from './profile/profile.js';
import { DelayedAck, QuickAck, StretchAck } from './receive/ack.js';
import { DEFAULT_RANGES, KeepFirst, KeepLast, KeepUnlessEarlier } from './receive/reassembly.js';
import { FixedWindow, OpenWindow } from './receive/window.js';
import { AdaptiveRecovery } from './recovery/adaptive-recovery.js';
import { DEFAULT_RECOVERY, SACK_RECOVERY } from './recovery/choices.js';
import { NewReno } from './recovery/newreno.js';
import { RackTlp } from './recovery/rack.js';
import { TimeoutOnly } from './recovery/recovery.js';
import { FixedRto, JacobsonRtt, MIN_RTO } from './recovery/rtt.js';
import { BareOptionLayout, DefaultOptionLayout } from './segment/options.js';
import { PIPE_ACK_PRESERVED, PipeAckValidation } from './send/pipe-ack-validation.js';
import { FixedSegmentation, MinshallSegmentation, NagleSegmentation } from './send/segmentation.js';
import { WindowUsage } from './send/window-usage.js';
import { TcpSession } from './session.js';
import { TwoMsl } from './timewait.js';
import * as tokens from './tokens.js';

const ms = z.number().min(0);
const bytes = z.int().min(1);
const share = z.number().min(0.5).max(0.95);
const ranges = z.strictObject({
  maxRanges: z
    .int()
    .min(1)
    .default(DEFAULT_RANGES)
    .describe('ranges kept; more are dropped and sent again by the peer'),
});
const nothing = z.strictObject({});
const forwardRto = z.boolean().default(true).describe('F-RTO (RFC 5682)');
const strict = z
  .boolean()
  .default(false)
  .describe('tell needless recoveries by the letter of RFC 3522, RFC 3708 and RFC 4015, not as Linux does');
const recovery = z.strictObject({
  detection: z
    .enum(['time', 'count'])
    .default('time')
    .describe('what tells a loss: time (RACK), or how much was reported beyond it (RFC 6675)'),
  probes: z.boolean().default(true).describe('tail loss probes'),
  forwardRto,
  strict,
});

const LEFT_BY_A_MARK = 'what a mark leaves of the window (RFC 8511)';
/** Options of congestion controls that have a window of their own to begin with. */
const windows = {
  initialSegments: z.int().min(1).max(100).default(10).describe('segments of the initial window (RFC 6928)'),
  idleRestart: z.boolean().default(true).describe('begin with them again after an idle time (RFC 5681 section 4.1)'),
};

/** A choice without options. */
function plain<T>(token: Token<T>, name: string, summary: string, provider: () => Provider<T>): Implementation {
  return implementation({ name, token, summary, options: nothing, provide: provider });
}

const port = z.int().min(1).max(65535);
const uint32 = z.int().min(0).max(0xffffffff);

/** The choices that TCP offers to manifests. */
export const tcpImplementations: readonly Implementation[] = [
  plain(tokens.TCP_SESSION, 'session.standard', 'the connection of RFC 9293', () => ({ class: TcpSession })),
  plain(tokens.TCP_ISN, 'isn.hashed', 'RFC 9293 section 3.4.1', () => providedPerStack(hashedSequence)),
  implementation({
    name: 'isn.fixed',
    token: tokens.TCP_ISN,
    summary: 'the same initial sequence number for every connection',
    options: z.strictObject({ value: uint32.describe('the number') }),
    provide: ({ value }) => ({ value: new FixedSequence(value) }),
  }),
  implementation({
    name: 'ports.hashed',
    token: tokens.TCP_PORTS,
    summary: 'RFC 6056 section 3.3.4',
    options: z
      .strictObject({
        first: port.default(FIRST_EPHEMERAL).describe('the least one; RFC 6056 section 3.2 would begin with 1024'),
        last: port.default(LAST_EPHEMERAL).describe('the greatest one'),
      })
      .refine(({ first, last }) => first <= last, { message: 'the last port lies below the first', path: ['last'] }),
    provide: ({ first, last }) => providedPerStack(hashedPortsOf(first, last)),
  }),
  implementation({
    name: 'ports.sequential',
    token: tokens.TCP_PORTS,
    summary: 'one port after the other',
    options: z.strictObject({ first: port.default(FIRST_EPHEMERAL) }),
    provide: ({ first }) => ({ value: new SequentialPorts(first) }),
  }),
  plain(tokens.TCP_OPTIONS, 'options.standard', 'MSS, SACK permitted, timestamps, NOP, window scale', () => ({
    value: new DefaultOptionLayout(),
  })),
  plain(tokens.TCP_OPTIONS, 'options.bare', 'MSS alone', () => ({ value: new BareOptionLayout() })),
  plain(tokens.TCP_SEGMENTATION, 'segmentation.nagle', 'full segments, small ones as RFC 9293 lets them', () => ({
    value: new NagleSegmentation(),
  })),
  plain(tokens.TCP_SEGMENTATION, 'segmentation.minshall', 'a small segment waits for another small one only', () => ({
    value: new MinshallSegmentation(),
  })),
  implementation({
    name: 'segmentation.fixed',
    token: tokens.TCP_SEGMENTATION,
    summary: 'segments of at most so many bytes, without waiting',
    options: z.strictObject({ bytes: bytes.describe('payload of a segment') }),
    provide: (options) => ({ value: new FixedSegmentation(options.bytes) }),
  }),
  implementation({
    name: 'ack.delayed',
    token: tokens.TCP_ACK,
    summary: 'every second full segment, or after a while',
    options: z.strictObject({ wait: ms.max(500).default(40).describe('ms'), quick: z.int().min(0).default(0) }),
    provide: ({ wait, quick }) => ({ value: new DelayedAck(wait, quick) }),
  }),
  plain(tokens.TCP_ACK, 'ack.quick', 'each batch at once', () => ({ value: new QuickAck() })),
  implementation({
    name: 'ack.stretch',
    token: tokens.TCP_ACK,
    summary: 'one acknowledgement for many segments',
    options: z.strictObject({ segments: z.int().min(1), wait: ms.max(500).default(40) }),
    provide: ({ segments, wait }) => ({ value: new StretchAck(segments, wait) }),
  }),
  plain(tokens.TCP_WINDOW, 'window.open', 'the free room of the receive buffer', () => ({ value: new OpenWindow() })),
  implementation({
    name: 'window.fixed',
    token: tokens.TCP_WINDOW,
    summary: 'always the same window, whatever room there is',
    options: z.strictObject({ bytes: z.int().min(0), shift: z.int().min(-1).max(14).default(0) }),
    provide: (options) => ({ value: new FixedWindow(options.bytes, options.shift) }),
  }),
  implementation({
    name: 'reassembly.first',
    token: tokens.TCP_REASSEMBLY,
    summary: 'what came first stays',
    options: ranges,
    provide: ({ maxRanges }) => ({ value: new KeepFirst(maxRanges) }),
  }),
  implementation({
    name: 'reassembly.last',
    token: tokens.TCP_REASSEMBLY,
    summary: 'what comes last wins',
    options: ranges,
    provide: ({ maxRanges }) => ({ value: new KeepLast(maxRanges) }),
  }),
  implementation({
    name: 'reassembly.bsd',
    token: tokens.TCP_REASSEMBLY,
    summary: 'what came first stays unless the new segment begins before it',
    options: ranges,
    provide: ({ maxRanges }) => ({ value: new KeepUnlessEarlier(maxRanges) }),
  }),
  implementation({
    name: 'rtt.jacobson',
    token: tokens.TCP_RTT,
    summary: 'RFC 6298',
    options: z.strictObject({
      minimum: ms.default(MIN_RTO).describe('ms of the timeout beyond the round trip, at least'),
      history: z
        .boolean()
        .default(false)
        .describe('let all samples of a round trip weigh what one does (RFC 7323 section 4.2)'),
    }),
    provide: ({ minimum, history }) => ({ make: () => new JacobsonRtt(minimum, history) }),
  }),
  implementation({
    name: 'rtt.fixed',
    token: tokens.TCP_RTT,
    summary: 'a fixed retransmission timeout, doubled when it expires',
    options: z.strictObject({ rto: ms.min(1).describe('ms') }),
    provide: ({ rto }) => ({ make: () => new FixedRto(rto) }),
  }),
  implementation({
    name: 'recovery.newreno',
    token: tokens.TCP_RECOVERY,
    summary: 'RFC 5681, RFC 6582',
    options: z.strictObject({ forwardRto, strict }),
    provide: (choices) => ({ make: () => new NewReno(choices.forwardRto, choices.strict) }),
  }),
  implementation({
    name: 'recovery.rack',
    token: tokens.TCP_RECOVERY,
    summary: 'RACK-TLP (RFC 8985) with proportional rate reduction (RFC 6937, RFC 9937)',
    options: recovery,
    provide: (choices) => ({ make: () => new RackTlp({ ...DEFAULT_RECOVERY, ...choices }) }),
  }),
  implementation({
    name: 'recovery.adaptive',
    token: tokens.TCP_RECOVERY,
    summary: 'RACK-TLP with SACK, NewReno without',
    options: recovery,
    provide: (choices) => ({ make: () => new AdaptiveRecovery({ ...DEFAULT_RECOVERY, ...choices }) }),
  }),
  plain(tokens.TCP_RECOVERY, 'recovery.sack', 'RFC 6675 to the letter with SACK, NewReno without', () => ({
    make: () => new AdaptiveRecovery(SACK_RECOVERY),
  })),
  plain(tokens.TCP_RECOVERY, 'recovery.timeout', 'no fast retransmit', () => ({ make: () => new TimeoutOnly() })),
  implementation({
    name: 'congestion.reno',
    token: tokens.TCP_CONGESTION,
    summary: 'RFC 5681',
    options: z.strictObject({ marked: share.default(0.8).describe(LEFT_BY_A_MARK), ...windows }),
    provide: ({ marked, idleRestart, initialSegments: segments }) => ({
      make: () => adapt(new Reno(marked), { idleRestart, initialWindow: initialSegments(segments) }),
    }),
  }),
  implementation({
    name: 'congestion.cubic',
    token: tokens.TCP_CONGESTION,
    summary: 'CUBIC (RFC 9438) with HyStart++ (RFC 9406)',
    options: z.strictObject({ marked: share.default(0.85).describe(LEFT_BY_A_MARK), ...windows }),
    provide: ({ marked, idleRestart, initialSegments: segments }) => ({
      make: () => adapt(new Cubic(marked), { idleRestart, initialWindow: initialSegments(segments) }),
    }),
  }),
  plain(tokens.TCP_CONGESTION, 'congestion.bbr', 'BBR: the rate that the path delivers; wants recovery.rack', () => ({
    make: () => new Bbr(),
  })),
  implementation({
    name: 'congestion.fixed',
    token: tokens.TCP_CONGESTION,
    summary: 'the same congestion window whatever happens',
    options: z.strictObject({ cwnd: bytes.describe('bytes') }),
    provide: ({ cwnd }) => ({ make: () => new FixedCongestionWindow(cwnd) }),
  }),
  plain(tokens.TCP_VALIDATION, 'validation.used', 'a window that is not used does not grow, as on Linux', () => ({
    make: () => new WindowUsage(),
  })),
  implementation({
    name: 'validation.pipeack',
    token: tokens.TCP_VALIDATION,
    summary: 'a window that is not used is kept for a while, and pays for it when something is lost (RFC 7661)',
    options: z.strictObject({
      preserved: ms.min(1).max(PIPE_ACK_PRESERVED).default(PIPE_ACK_PRESERVED).describe('ms for which it is kept'),
      pacing: z.boolean().default(true).describe('spread what it lets go over a round trip'),
    }),
    provide: ({ preserved, pacing }) => ({ make: () => new PipeAckValidation(preserved, pacing) }),
  }),
  plain(tokens.TCP_LISTEN, 'listen.backlog', 'takes SYNs while there is room', () => ({ value: new Backlog() })),
  implementation({
    name: 'listen.cookies',
    token: tokens.TCP_LISTEN,
    summary: 'answers SYNs with cookies (RFC 4987 section 3.6): those that find the backlog full, or all',
    options: z.strictObject({ always: z.boolean().default(false).describe('every SYN, however few come') }),
    provide: ({ always }) => ({ value: new SynCookieBacklog(always) }),
  }),
  plain(tokens.TCP_LISTEN, 'listen.refuse', 'answers every SYN with a reset', () => ({
    value: new AlwaysAdmit('refuse'),
  })),
  plain(tokens.TCP_LISTEN, 'listen.ignore', 'answers no SYN, as a filtered port does', () => ({
    value: new AlwaysAdmit('ignore'),
  })),
  implementation({
    name: 'timewait.standard',
    token: tokens.TCP_TIMEWAIT,
    summary: 'TIME-WAIT of a given length',
    options: z.strictObject({
      duration: ms.default(60_000).describe('ms'),
      ignoresResets: z.boolean().default(false).describe('no reset cuts it short (RFC 1337)'),
    }),
    provide: ({ duration, ignoresResets }) => ({ value: new TwoMsl(duration, ignoresResets) }),
  }),
  implementation({
    name: 'challenge.limited',
    token: tokens.TCP_CHALLENGE,
    summary: 'so many challenge ACKs a second for each connection',
    options: z.strictObject({ perSecond: z.int().min(0).default(10) }),
    provide: ({ perSecond }) => ({ make: () => new ChallengePerConnection(perSecond) }),
  }),
  implementation({
    name: 'challenge.interval',
    token: tokens.TCP_CHALLENGE,
    summary: 'one challenge ACK, and then none for a while',
    options: z.strictObject({ interval: ms.default(500).describe('ms') }),
    provide: ({ interval }) => ({ make: () => new ChallengeInterval(interval) }),
  }),
  ...authenticationImplementations,
  plain(tokens.TCP_FASTOPEN, 'fastopen.none', 'sends no fast open option', () => ({ value: NO_FAST_OPEN })),
  implementation({
    name: 'fastopen.cookies',
    token: tokens.TCP_FASTOPEN,
    summary: 'asks for, grants and keeps cookies; data goes with the SYN (RFC 7413)',
    options: z.strictObject({
      pending: z.int().min(0).default(64).describe('connections of a listener before their handshake is complete'),
      key: z
        .string()
        .optional()
        .describe('of cookies, as Linux writes it: 00112233-44556677-…; a second one after a comma'),
      withoutCookie: z
        .boolean()
        .default(false)
        .describe('data goes, and is taken, without one: for networks of one owner'),
      pause: ms.default(3_600_000).describe('ms to do without after a black hole was noticed'),
      refusalPause: ms
        .default(0)
        .describe('ms for which a server is not asked again that has given no cookie to either option; 0 asks always'),
    }),
    provide: ({ pending, key, withoutCookie, pause, refusalPause }) => ({
      make: (get) =>
        new CookieFastOpen(fastOpenMemory(get(HOST)), {
          pending,
          pause,
          refusalPause,
          clientWithoutCookie: withoutCookie,
          serverWithoutCookie: withoutCookie,
          ...(key === undefined ? {} : { keys: CookieKeys.parse(key) }),
        }),
    }),
  }),
  plain(tokens.TCP_ECN, 'ecn.off', 'takes no part', () => ({ value: ECN_OFF })),
  plain(tokens.TCP_ECN, 'ecn.on', 'asks and agrees (RFC 3168)', () => ({ value: ECN_ON })),
  plain(tokens.TCP_ECN, 'ecn.passive', 'agrees when asked (RFC 3168)', () => ({ value: ECN_PASSIVE })),
  implementation({
    name: 'ecn.accurate',
    token: tokens.TCP_ECN,
    summary: 'asks for feedback of each mark and agrees to it (RFC 9768), or to what RFC 3168 has',
    options: z.strictObject({
      request: z.enum(['none', 'classic', 'accurate']).default('accurate').describe('what a SYN of ours asks for'),
      option: z
        .enum(['never', 'sparing', 'full', 'persistent'])
        .default('full')
        .describe('when the AccECN option is sent'),
      beacon: z.int().min(0).default(3).describe('options a round trip that nothing calls for, where sparing'),
      fallback: z.boolean().default(true).describe('SYNs are sent again without asking; the path is tested'),
      remembered: ms
        .default(600_000)
        .describe('ms for which a peer is not asked that has answered twice only when it was not; 0 asks always'),
      l4s: z
        .boolean()
        .default(false)
        .describe('send ECT(1), for queues of RFC 9331; wants a scalable congestion control'),
    }),
    provide: ({ request, l4s, remembered, ...choices }) => ({
      value: ecnPolicy(request, 'accurate', {
        ...choices,
        codepoint: l4s ? 1 : 2,
        blockages: new EcnBlockages(remembered),
      }),
    }),
  }),
  plain(tokens.TCP_ECN, 'ecn.accurate-passive', 'agrees to feedback of each mark when asked (RFC 9768)', () => ({
    value: ECN_ACCURATE_PASSIVE,
  })),
];
