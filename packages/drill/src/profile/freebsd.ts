import { BSD_RECOVERY, BSD_TIMEOUTS, freebsdProfile, freebsdRules, initialSegments } from '@netwright/layers';
import { Unsupported } from '../outcome.js';
import { congestionMaker } from './congestion.js';
import { freebsdEcn } from './ecn.js';
import type { Profile } from './profile.js';

/** Rules of a stack that its script's sysctls may change at any time, by their names. */
export function applyFreebsdRule(rules: ReturnType<typeof freebsdRules>, name: string, value: number): boolean {
  const on = value !== 0;
  switch (name) {
    case 'net.inet.tcp.insecure_rst':
      rules.insecureReset = on;
      break;
    case 'net.inet.tcp.insecure_syn':
      rules.insecureSyn = on;
      break;
    case 'net.inet.tcp.insecure_ack':
      rules.insecureAck = on;
      break;
    case 'net.inet.tcp.tolerate_missing_ts':
      rules.toleratesMissingTimestamps = on;
      break;
    case 'kern.ipc.maxsockbuf':
      rules.largestBuffer = value;
      break;
    case 'net.inet.tcp.minmss':
      rules.leastSegment = value;
      break;
    case 'net.inet.tcp.rexmit_drop_options':
      rules.dropsOptions = on;
      break;
    case 'net.inet.tcp.pmtud_blackhole_detection':
      rules.blackHole = on;
      break;
    case 'net.inet.tcp.pmtud_blackhole_mss':
      rules.blackHoleSize = value;
      break;
    case 'net.inet.tcp.v6pmtud_blackhole_mss':
      rules.blackHoleSize6 = value;
      break;
    default:
      return false;
  }
  return true;
}

/** The defaults that scripts for FreeBSD assume: those of the stack's own profile. */
export const freebsd: Profile = {
  name: 'freebsd',
  settings: freebsdProfile().settings,
  bufferSize: (asked) => asked,
  congestion: (sysctls) => {
    const segments = sysctls.get('net.inet.tcp.initcwnd_segments');
    return { initialWindow: segments === undefined ? null : initialSegments(Number(segments)), idleRestart: true };
  },
  overrides(sysctls, congestionChoices) {
    const number = (name: string, otherwise: number) => Number(sysctls.get(`net.inet.tcp.${name}`) ?? otherwise);
    const rules = freebsdRules();
    for (const [name, value] of sysctls) applyFreebsdRule(rules, name, Number(value));
    const congestion = sysctls.get('net.inet.tcp.cc.algorithm') ?? 'cubic';
    congestionMaker(congestion, congestionChoices);
    const rack = ['rack', 'bbr'].includes(sysctls.get('net.inet.tcp.functions_default') ?? 'freebsd');
    const war = number('ack_war_timewindow', 1000) === 0 ? 0 : number('ack_war_cnt', 5);
    const { overrides } = freebsdProfile({
      congestion,
      congestionChoices,
      ecn: freebsdEcn(sysctls),
      rules,
      recovery: rack ? { ...BSD_RECOVERY, detection: 'time', adaptive: true, probes: true } : BSD_RECOVERY,
      timeouts: {
        ...BSD_TIMEOUTS,
        initial: number('rexmit_initial', BSD_TIMEOUTS.initial),
        minimum: number('rexmit_min', BSD_TIMEOUTS.minimum),
        slop: number('rexmit_slop', BSD_TIMEOUTS.slop),
        persistMinimum: number('persmin', BSD_TIMEOUTS.persistMinimum),
        persistMaximum: number('persmax', BSD_TIMEOUTS.persistMaximum),
      },
      timeWait: 2 * number('msl', 30_000),
      delayedAck: number('delayed_ack', 1) === 0 ? 0 : number('delacktime', 40),
      challenges: war,
    });
    if (!Number.isFinite(war)) throw new Unsupported('net.inet.tcp.ack_war_cnt');
    return [...overrides];
  },
};
