/** What of loss recovery is used: hosts differ in it. */
export interface RecoveryChoices {
  /** What tells a loss: time (RACK, RFC 8985), or how much was reported beyond it (RFC 6675 section 4). */
  readonly detection: 'time' | 'count';
  /** Segments reported beyond a hole that mean loss at once while no reordering was seen; null where time alone tells. */
  readonly duplicates: number | null;
  /** Whether reports of duplicates widen the window for reordering (RFC 8985 section 6.2, step 4). */
  readonly adaptive: boolean;
  /** Tail loss probes (RFC 8985 section 7). */
  readonly probes: boolean;
  /** F-RTO (RFC 5682). */
  readonly forwardRto: boolean;
  /** How far a path is believed to reorder at first, in segments. */
  readonly reordering: number;
  /** Whether the reduction is of the window that there was (Linux), or of what was in flight (RFC 6937 section 3). */
  readonly reducesWindow: boolean;
  /** Whether what is not known to be lost is sent again where nothing else can go (RFC 6675 section 4, NextSeg 3 and 4). */
  readonly lastResort: boolean;
  /** Whether needless recoveries are told, and taken back, by the letter of RFC 3522, RFC 3708 and RFC 4015; else as on Linux. */
  readonly strict: boolean;
  /** Whether a timeout makes what was reported be forgotten (RFC 2018 section 5.1). */
  readonly forgetful: boolean;
}

/** RFC 8985 and RFC 5682, all of it. */
export const DEFAULT_RECOVERY: RecoveryChoices = {
  detection: 'time',
  duplicates: 3,
  adaptive: true,
  probes: true,
  forwardRto: true,
  reordering: 3,
  reducesWindow: false,
  lastResort: false,
  strict: false,
  forgetful: false,
};

/** RFC 6675 to the letter, and nothing of RFC 8985. */
export const SACK_RECOVERY: RecoveryChoices = {
  ...DEFAULT_RECOVERY,
  detection: 'count',
  adaptive: false,
  probes: false,
  lastResort: true,
  strict: true,
  forgetful: true,
};
