import { type Override, override } from '@netwright/core';
import { type CongestionChoices, type CongestionControl, congestionNamed, TCP_CONGESTION } from '@netwright/layers';
import { Unsupported } from '../outcome.js';

/** Congestion control by its name. @throws Unsupported */
export function congestionByName(name: string, choices: CongestionChoices): Override {
  return override(TCP_CONGESTION, { make: congestionMaker(name, choices) }, `congestion.${name}`);
}

/** What makes one for each connection. @throws Unsupported */
export function congestionMaker(name: string, choices: CongestionChoices): () => CongestionControl {
  const make = congestionNamed(name, choices);
  if (make === undefined) throw new Unsupported(`congestion control ${name}`);
  return make;
}
