import { reason } from '@netwright/core';

/** Why a man in the middle sends a frame. */
export const MIDDLE_WHY = {
  /** It goes on as it came. */
  pass: reason('middle.pass'),
  /** Its numbers are translated, what it carries is as it was. */
  translate: reason('middle.translate'),
  /** What it carries has been changed, or was held. */
  rewrite: reason('middle.rewrite'),
  /** Bytes that neither end has sent. */
  inject: reason('middle.inject'),
  /** They were not acknowledged. */
  repeat: reason('middle.inject.repeat'),
  /** An acknowledgement in the name of the receiver: for bytes that were taken out, or are held. */
  answer: reason('middle.answer'),
} as const;
