import { type Override, override } from '@netwright/core';
import { Bbr, type CongestionControl, TCP_CONGESTION } from '@netwright/layers';
import { Unsupported } from '../outcome.js';
import { StretchedCubic, StretchedReno } from './slow-start.js';

/** What a system, or a script, does otherwise than the RFCs. */
export interface CongestionChoices {
  /** Segments in the initial window, whatever their size; null is RFC 6928's rule. */
  initialSegments: number | null;
  /** Whether the window is taken back after idle time (RFC 5681 section 4.1). */
  readonly idleRestart: boolean;
}

/** Congestion control by its name. @throws Unsupported */
export function congestionByName(name: string, choices: CongestionChoices): Override {
  return override(TCP_CONGESTION, { make: congestionMaker(name, choices) }, `congestion.${name}`);
}

/** What makes one for each connection. @throws Unsupported */
export function congestionMaker(name: string, choices: CongestionChoices): () => CongestionControl {
  const make = MAKERS[name];
  if (make === undefined) throw new Unsupported(`congestion control ${name}`);
  return () => adapt(make(), choices);
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

function adapt(control: CongestionControl, choices: CongestionChoices): CongestionControl {
  if (!choices.idleRestart) control.idled = () => {};
  const begin = control.begin.bind(control);
  control.begin = (mss, now, lossy) => {
    begin(mss, now, lossy);
    // RFC 6928 section 2: a lost SYN or SYN-ACK means one segment, whatever the window would be.
    if (lossy !== true && choices.initialSegments !== null) control.cwnd = choices.initialSegments * mss;
  };
  return control;
}
