import { override } from '@netwright/core';
import {
  ChallengeInterval,
  JacobsonRtt,
  MinshallSegmentation,
  TCP_ACK,
  TCP_CHALLENGE,
  TCP_ECN,
  TCP_RECOVERY,
  TCP_RTT,
  TCP_SEGMENTATION,
  TCP_WINDOW,
} from '@netwright/layers';
import { InteractiveAck } from './ack.js';
import { congestionByName } from './congestion.js';
import { linuxEcn } from './ecn.js';
import type { Profile } from './profile.js';
import { linuxRecovery } from './recovery.js';
import { SlowlyOpening } from './window.js';

/** What net.ipv4.tcp_rmem may grow to unless a script says otherwise, in bytes. */
const RECEIVE_MAX = 15 * 1024 * 1024;
/** What SO_SNDBUF makes of less: two packets with what keeps them. */
const LEAST_SEND_BUFFER = 4608;
/** The same of net.ipv4.tcp_wmem. */
const SEND_MAX = 4 * 1024 * 1024;

/** The defaults that scripts for Linux assume: RACK-TLP, CUBIC, IW10, timestamps, window scale 8. */
export const linux: Profile = {
  name: 'linux',
  settings: {
    receiveBuffer: 540_000,
    receiveBufferMax: RECEIVE_MAX,
    sendBuffer: 262_144,
    sendBufferMax: SEND_MAX,
    synRetries: 6,
    synLinear: 4,
    resetOnTimeout: false,
  },
  // Twice what is asked for, since what keeps the bytes takes room, too; and no less than a packet takes (socket(7)).
  bufferSize: (asked, which) => Math.max(2 * asked, which === 'send' ? LEAST_SEND_BUFFER : 0),
  congestion: (sysctls, route) => ({
    initialSegments: Number(route.get('initcwnd') ?? 10),
    idleRestart: (sysctls.get('net.ipv4.tcp_slow_start_after_idle') ?? '0') !== '0',
  }),
  overrides(sysctls, choices) {
    const challenges = Number(sysctls.get('net.ipv4.tcp_invalid_ratelimit') ?? 500);
    const minimum = Number(sysctls.get('net.ipv4.tcp_rto_min_us') ?? 200_000);
    return [
      override(TCP_ACK, { make: () => new InteractiveAck() }),
      override(TCP_SEGMENTATION, { value: new MinshallSegmentation() }),
      override(TCP_ECN, { value: linuxEcn(sysctls) }),
      override(TCP_WINDOW, { make: () => new SlowlyOpening() }),
      override(TCP_RECOVERY, { make: linuxRecovery(sysctls) }),
      override(TCP_CHALLENGE, { make: () => new ChallengeInterval(challenges) }),
      override(TCP_RTT, { make: () => new JacobsonRtt(minimum / 1000) }),
      congestionByName(sysctls.get('net.ipv4.tcp_congestion_control') ?? 'cubic', choices),
    ];
  },
};
