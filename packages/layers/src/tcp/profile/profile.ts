import { type Override, override } from '@netwright/core';
import { ChallengeInterval, ChallengePerConnection } from '../challenge.js';
import { Reno } from '../congestion/reno.js';
import { type EcnPolicy, ecnPolicy } from '../ecn/policy.js';
import { DelayedAck } from '../receive/ack.js';
import { AdaptiveRecovery } from '../recovery/adaptive-recovery.js';
import { DEFAULT_RECOVERY, type RecoveryChoices } from '../recovery/choices.js';
import { NewReno } from '../recovery/newreno.js';
import { JacobsonRtt } from '../recovery/rtt.js';
import { BareOptionLayout } from '../segment/options.js';
import { BsdSegmentation, NagleSegmentation } from '../send/segmentation.js';
import type { TcpSettings } from '../settings.js';
import { TwoMsl } from '../timewait.js';
import {
  TCP_ACK,
  TCP_BEHAVIOUR,
  TCP_CHALLENGE,
  TCP_CONGESTION,
  TCP_ECN,
  TCP_OPTIONS,
  TCP_RECOVERY,
  TCP_RTT,
  TCP_SEGMENTATION,
  TCP_SESSION,
  TCP_TIMEWAIT,
  TCP_WINDOW,
} from '../tokens.js';
import { BsdDelayedAck } from './bsd-ack.js';
import { BsdOptionLayout } from './bsd-options.js';
import { BsdRtt } from './bsd-rtt.js';
import { type FreebsdRules, freebsdRules } from './bsd-rules.js';
import { BsdSession } from './bsd-session.js';
import { BsdTimeWait } from './bsd-timewait.js';
import { BsdWindow } from './bsd-window.js';
import { type CongestionChoices, congestionNamed } from './congestion.js';
import { InteractiveAck } from './linux-ack.js';
import { LinuxRtt } from './linux-rtt.js';
import { GatheringSegmentation } from './linux-segmentation.js';
import { LinuxSession } from './linux-session.js';
import { SlowlyOpening } from './linux-window.js';
import { PROFILE_SETTINGS, type TcpProfileName } from './settings.js';

/** A system whose TCP a stack is like: numbers and bindings, nothing else. */
export interface TcpProfile {
  readonly name: TcpProfileName;
  /** What is not said otherwise. */
  readonly settings: Partial<TcpSettings>;
  readonly overrides: readonly Override[];
}

/** What of Linux's TCP may be chosen besides settings (ip-sysctl). */
export interface LinuxChoices {
  readonly congestion: string;
  readonly congestionChoices: CongestionChoices;
  readonly ecn: EcnPolicy;
  readonly recovery: RecoveryChoices;
  /** ms: the least timeout beyond the round trip, and between challenge ACKs. */
  readonly leastTimeout: number;
  readonly challengeInterval: number;
  /** Segments that leave as one at least, where the window lets them (tcp_min_tso_segs). */
  readonly gatheredSegments: number;
}

const LINUX: LinuxChoices = {
  congestion: 'cubic',
  congestionChoices: { initialWindow: (mss) => 10 * mss, idleRestart: true, whole: true },
  ecn: ecnPolicy('none', 'classic'),
  recovery: { ...DEFAULT_RECOVERY, reducesWindow: true },
  leastTimeout: 200,
  challengeInterval: 500,
  gatheredSegments: 2,
};

/** Linux's TCP: RACK-TLP, CUBIC and IW10, a window that opens slowly, interactive acknowledgements, Minshall's rule. */
export function linuxProfile(choices: Partial<LinuxChoices> = {}): TcpProfile {
  const chosen = { ...LINUX, ...choices };
  const congestion = congestionNamed(chosen.congestion, chosen.congestionChoices);
  return {
    name: 'linux',
    settings: PROFILE_SETTINGS.linux,
    overrides: [
      override(TCP_SESSION, { make: (get) => new LinuxSession(get(TCP_BEHAVIOUR)) }, 'LinuxSession'),
      override(TCP_ACK, { make: () => new InteractiveAck() }),
      override(TCP_SEGMENTATION, { value: new GatheringSegmentation(chosen.gatheredSegments) }),
      override(TCP_ECN, { value: chosen.ecn }),
      override(TCP_WINDOW, { make: () => new SlowlyOpening() }),
      override(TCP_RECOVERY, { make: () => new AdaptiveRecovery(chosen.recovery) }),
      override(TCP_CHALLENGE, { make: () => new ChallengeInterval(chosen.challengeInterval) }),
      override(TCP_RTT, { make: () => new LinuxRtt(chosen.leastTimeout) }),
      ...(congestion === undefined ? [] : [congestionOverride(chosen.congestion, congestion)]),
    ],
  };
}

/** What of FreeBSD's TCP may be chosen besides settings (tcp(4)). */
export interface FreebsdChoices {
  readonly congestion: string;
  readonly congestionChoices: CongestionChoices;
  readonly ecn: EcnPolicy;
  readonly recovery: RecoveryChoices;
  readonly rules: FreebsdRules;
}

/** Loss recovery of its usual stack: RFC 6675 with proportional rate reduction, no probes. */
export const BSD_RECOVERY: RecoveryChoices = {
  ...DEFAULT_RECOVERY,
  detection: 'count',
  adaptive: false,
  probes: false,
  forwardRto: false,
};

/** RFC 6928 section 2 with another number of segments (net.inet.tcp.initcwnd_segments). */
export function initialSegments(segments: number): (mss: number) => number {
  return (mss) => Math.min(segments * mss, Math.max(2 * mss, segments * 1460));
}

function freebsdDefaults(): FreebsdChoices {
  return {
    congestion: 'cubic',
    congestionChoices: { initialWindow: null, idleRestart: true },
    // net.inet.tcp.ecn.maxretries is 1.
    ecn: ecnPolicy('none', 'classic', { option: 'never', tries: 2 }),
    recovery: BSD_RECOVERY,
    rules: freebsdRules(),
  };
}

/** FreeBSD's TCP: its order of judging segments, its syncache, options, windows, timeouts and acknowledgements. */
export function freebsdProfile(choices: Partial<FreebsdChoices> = {}): TcpProfile {
  const chosen = { ...freebsdDefaults(), ...choices };
  const congestion = congestionNamed(chosen.congestion, chosen.congestionChoices);
  const { rules } = chosen;
  return {
    name: 'freebsd',
    settings: PROFILE_SETTINGS.freebsd,
    overrides: [
      override(TCP_SESSION, { make: (get) => new BsdSession(get(TCP_BEHAVIOUR), rules) }, 'BsdSession'),
      override(TCP_OPTIONS, { value: new BsdOptionLayout() }),
      override(TCP_WINDOW, { value: new BsdWindow(() => rules.largestBuffer) }),
      override(TCP_SEGMENTATION, { value: new BsdSegmentation() }),
      override(TCP_ACK, { value: new BsdDelayedAck(rules) }),
      override(TCP_RTT, { make: () => new BsdRtt(rules.timeouts) }),
      override(TCP_RECOVERY, { make: () => new AdaptiveRecovery(chosen.recovery) }),
      override(TCP_CHALLENGE, { make: () => new ChallengePerConnection(rules.challenges) }),
      override(TCP_TIMEWAIT, { value: new BsdTimeWait(rules) }),
      override(TCP_ECN, { value: chosen.ecn }),
      ...(congestion === undefined ? [] : [congestionOverride(chosen.congestion, congestion)]),
    ],
  };
}

/** RFC 9293 and what it requires, nothing that is optional: one option, NewReno, timeouts of a second at least. */
export function minimalProfile(): TcpProfile {
  return {
    name: 'minimal',
    settings: PROFILE_SETTINGS.minimal,
    overrides: [
      override(TCP_OPTIONS, { value: new BareOptionLayout() }),
      override(TCP_SEGMENTATION, { value: new NagleSegmentation() }),
      override(TCP_ACK, { value: new DelayedAck(200, 0) }),
      // RFC 6298 section 2.4: "the RTO SHOULD be rounded up to 1 second."
      override(TCP_RTT, { make: () => new JacobsonRtt(1000) }),
      override(TCP_RECOVERY, { make: () => new NewReno(false) }),
      override(TCP_CONGESTION, { make: () => new Reno(0.5) }),
      override(TCP_ECN, { value: ecnPolicy('none', 'none') }),
      // RFC 9293 section 3.4.2: MSL is two minutes.
      override(TCP_TIMEWAIT, { value: new TwoMsl(240_000) }),
    ],
  };
}

const PROFILES: Record<TcpProfileName, () => TcpProfile> = {
  netwright: () => ({ name: 'netwright', settings: {}, overrides: [] }),
  linux: linuxProfile,
  freebsd: freebsdProfile,
  minimal: minimalProfile,
};

/** A profile by its name, as the system comes. */
export function tcpProfile(name: TcpProfileName): TcpProfile {
  return PROFILES[name]();
}

function congestionOverride(name: string, make: ReturnType<typeof congestionNamed> & {}): Override {
  return override(TCP_CONGESTION, { make }, `congestion.${name}`);
}
