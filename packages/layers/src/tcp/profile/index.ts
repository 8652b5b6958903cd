/** Profiles: what systems do otherwise. */
export { BsdDelayedAck } from './bsd-ack.js';
export { BsdOptionLayout, NoOptionLayout } from './bsd-options.js';
export { BSD_TIMEOUTS, BsdRtt, type BsdTimeouts } from './bsd-rtt.js';
export { type FreebsdRules, freebsdRules } from './bsd-rules.js';
export { BsdSession } from './bsd-session.js';
export { BsdTimeWait } from './bsd-timewait.js';
export { BsdWindow } from './bsd-window.js';
export { type CongestionChoices, congestionNamed } from './congestion.js';
export { InteractiveAck } from './linux-ack.js';
export { LinuxCubic, LinuxReno } from './linux-congestion.js';
export { LinuxRtt } from './linux-rtt.js';
export { GatheringSegmentation } from './linux-segmentation.js';
export { LinuxSession } from './linux-session.js';
export { SlowlyOpening } from './linux-window.js';
export {
  BSD_RECOVERY,
  type FreebsdChoices,
  freebsdProfile,
  initialSegments,
  type LinuxChoices,
  linuxProfile,
  minimalProfile,
  type TcpProfile,
  tcpProfile,
} from './profile.js';
export { PROFILE_NAMES, PROFILE_SETTINGS, type TcpProfileName } from './settings.js';
export { StretchedCubic, StretchedReno } from './slow-start.js';
