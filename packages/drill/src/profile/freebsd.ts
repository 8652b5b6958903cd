import { BSD_RECOVERY, type FreebsdRules, freebsdProfile, freebsdRules, initialSegments } from '@netwright/layers';
import { applyRules, freebsdSettings } from '../freebsd/sysctls.js';
import { congestionMaker } from './congestion.js';
import { freebsdEcn } from './ecn.js';
import type { Profile } from './profile.js';

const RACK = ['rack', 'bbr'];

/** The defaults that scripts for FreeBSD assume: those of the stack's own profile. */
export const freebsd: Profile = {
  name: 'freebsd',
  settings: freebsdProfile().settings,
  bufferSize: (asked) => asked,
  settingsOf: freebsdSettings,
  congestion: (sysctls) => {
    const segments = sysctls.get('net.inet.tcp.initcwnd_segments');
    return { initialWindow: segments === undefined ? null : initialSegments(Number(segments)), idleRestart: true };
  },
  overrides(sysctls, congestionChoices, rules: FreebsdRules = freebsdRules()) {
    applyRules(rules, sysctls);
    const congestion = sysctls.get('net.inet.tcp.cc.algorithm') ?? 'cubic';
    congestionMaker(congestion, congestionChoices);
    const rack = RACK.some((name) => (sysctls.get('net.inet.tcp.functions_default') ?? '').includes(name));
    const { overrides } = freebsdProfile({
      congestion,
      congestionChoices,
      ecn: freebsdEcn(sysctls),
      rules,
      recovery: rack ? { ...BSD_RECOVERY, detection: 'time', adaptive: true, probes: true } : BSD_RECOVERY,
    });
    return [...overrides];
  },
};
