import { type Override, override } from '@netwright/core';
import { Bbr, Cubic, TCP_CONGESTION } from '@netwright/layers';

/** Congestion controls that both we and the kernel have, by the kernel's names. */
export const CONGESTION: Readonly<Record<string, Override>> = {
  cubic: override(TCP_CONGESTION, { make: () => new Cubic() }),
  bbr: override(TCP_CONGESTION, { make: () => new Bbr() }),
};
