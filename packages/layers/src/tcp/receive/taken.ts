/** What became of a segment's text. */
export const Taken = {
  /** Nothing of it was new, or there was no room. */
  Nothing: 0,
  /** It was next, and is acknowledged in time. */
  InOrder: 1,
  /** It lies beyond a hole, or filled one. */
  Disordered: 2,
} as const;
export type Taken = (typeof Taken)[keyof typeof Taken];
