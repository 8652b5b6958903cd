import { Bbr } from '../congestion/bbr.js';
import type { CongestionControl } from '../congestion/congestion.js';
import { LinuxCubic, LinuxReno } from './linux-congestion.js';
import { StretchedCubic, StretchedReno } from './slow-start.js';

/** What a system does otherwise than the RFCs in congestion control. */
export interface CongestionChoices {
  /** The initial window in bytes for segments of `mss`; null is RFC 6928's rule. */
  initialWindow: ((mss: number) => number) | null;
  /** Whether the window is taken back after idle time (RFC 5681 section 4.1). */
  readonly idleRestart: boolean;
  /** Windows of whole segments, as Linux keeps them. */
  readonly whole?: boolean;
}

/** What the systems leave of a window after a mark: as much as after a loss, without RFC 8511. */
const CUBIC_BETA = 0.7;
const RENO_BETA = 0.5;

const MAKERS: Record<string, () => CongestionControl> = {
  cubic: () => new StretchedCubic(CUBIC_BETA),
  reno: () => new StretchedReno(RENO_BETA),
  newreno: () => new StretchedReno(RENO_BETA),
  bbr: () => new Bbr(),
};

const WHOLE: Record<string, () => CongestionControl> = {
  cubic: () => new LinuxCubic(),
  reno: () => new LinuxReno(),
};

/** What makes a congestion control that is called `name`, one for each connection; undefined where there is none. */
export function congestionNamed(name: string, choices: CongestionChoices): (() => CongestionControl) | undefined {
  const make = (choices.whole === true ? WHOLE[name] : undefined) ?? MAKERS[name];
  return make === undefined ? undefined : () => adapt(make(), choices);
}

/** `control` with another initial window, or without the restart after an idle time. */
export function adapt(control: CongestionControl, choices: CongestionChoices): CongestionControl {
  const { initialWindow } = choices;
  if (!choices.idleRestart) control.idled = () => {};
  else if (initialWindow !== null && control.proportional) {
    const idled = control.idled.bind(control);
    control.idled = (mss, now) => {
      const { cwnd } = control;
      idled(mss, now);
      // RFC 5681 section 4.1: RW = min(IW,cwnd).
      control.cwnd = Math.min(cwnd, initialWindow(mss));
    };
  }
  const begin = control.begin.bind(control);
  control.begin = (mss, now, lossy) => {
    begin(mss, now, lossy);
    // RFC 6928 section 2: a lost SYN or SYN-ACK means one segment, whatever the window would be.
    if (lossy !== true && initialWindow !== null) control.cwnd = initialWindow(mss);
  };
  return control;
}
