import { override } from '@netwright/core';
import { linuxProfile, TCP_TIMEWAIT, TwoMsl } from '@netwright/layers';
import { congestionMaker } from './congestion.js';
import { linuxEcn } from './ecn.js';
import { linuxRecovery } from './linux-recovery.js';
import type { Profile } from './profile.js';

/** What net.ipv4.tcp_rmem may grow to unless a script says otherwise, in bytes. */
const RECEIVE_MAX = 15 * 1024 * 1024;
/** What SO_SNDBUF makes of less: two packets with what keeps them. */
const LEAST_SEND_BUFFER = 4608;
/** The same of SO_RCVBUF. */
const LEAST_RECEIVE_BUFFER = 2304;
/** The same of net.ipv4.tcp_wmem. */
const SEND_MAX = 4 * 1024 * 1024;
/** The most that SO_SNDBUF and SO_RCVBUF take: net.core.wmem_max and rmem_max. */
const MOST_ASKED = 4 * 1024 * 1024;

/** The defaults that scripts for Linux assume, over the stack's profile: RACK-TLP, CUBIC, IW10, window scale 8. */
export const linux: Profile = {
  name: 'linux',
  settings: {
    ...linuxProfile().settings,
    receiveBuffer: 540_000,
    receiveBufferMax: RECEIVE_MAX,
    sendBuffer: 262_144,
    sendBufferMax: SEND_MAX,
  },
  // Twice what is asked for, since what keeps the bytes takes room, too; and no less than a packet takes (socket(7)).
  bufferSize: (asked, which) => {
    const given = asked < 0 ? MOST_ASKED : Math.min(asked, MOST_ASKED);
    return Math.max(2 * given, which === 'send' ? LEAST_SEND_BUFFER : LEAST_RECEIVE_BUFFER);
  },
  congestion: (sysctls, route) => {
    const segments = Number(route.get('initcwnd') ?? 10);
    return {
      whole: true,
      initialWindow: (mss) => segments * mss,
      idleRestart: (sysctls.get('net.ipv4.tcp_slow_start_after_idle') ?? '0') !== '0',
    };
  },
  overrides(sysctls, congestionChoices) {
    const congestion = sysctls.get('net.ipv4.tcp_congestion_control') ?? 'cubic';
    congestionMaker(congestion, congestionChoices);
    const { overrides } = linuxProfile({
      congestion,
      congestionChoices,
      ecn: linuxEcn(sysctls),
      recovery: linuxRecovery(sysctls),
      challengeInterval: Number(sysctls.get('net.ipv4.tcp_invalid_ratelimit') ?? 500),
      gatheredSegments: Number(sysctls.get('net.ipv4.tcp_min_tso_segs') ?? 2),
      leastTimeout: Number(sysctls.get('net.ipv4.tcp_rto_min_us') ?? 200_000) / 1000,
    });
    if ((sysctls.get('net.ipv4.tcp_rfc1337') ?? '0') === '0') return [...overrides];
    return [...overrides, override(TCP_TIMEWAIT, { value: new TwoMsl(undefined, true) })];
  },
};
