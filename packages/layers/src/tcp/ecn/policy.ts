import type { EcnBlockages } from './blockages.js';
import { ECT_0 } from './codepoint.js';

/** How congestion is told to the sender: not at all, once a round trip (RFC 3168), or each mark (RFC 9768). */
export type EcnFeedback = 'none' | 'classic' | 'accurate';

/**
 * When segments carry the AccECN option: never; when counters have changed and a few times a round trip
 * (RFC 9768 section 3.2.3.3); wherever it fits; and even where acknowledgements with it seem to be lost.
 */
export type AccEcnOptionUse = 'never' | 'sparing' | 'full' | 'persistent';

/** Whether and how a connection takes part in explicit congestion notification. */
export interface EcnPolicy {
  /** What our SYN asks for. */
  readonly request: EcnFeedback;
  /** The most that we agree to when a peer's SYN asks. */
  readonly accept: EcnFeedback;
  /** What capable packets are sent as: ECT(0), or ECT(1) for L4S (RFC 9331). */
  readonly codepoint: 1 | 2;
  readonly option: AccEcnOptionUse;
  /** How often a round trip the option is sent though nothing calls for it; 0 for never. */
  readonly beacon: number;
  /** A SYN that stays unanswered is sent again without asking; what a path does to the ECN field is tested. */
  readonly fallback: boolean;
  /** How many SYNs ask before one is sent that does not; as the RFC of the feedback says where it is left out. */
  readonly tries?: number;
  /** Remembers peers that answered a SYN only once it did not ask; left out, nothing is remembered. */
  readonly blockages?: EcnBlockages;
  /**
   * Marks since the last acknowledgement that call for the next: where data waits to be acknowledged, and where none
   * does (RFC 9768 section 3.2.2.5.1: 2, and 3; never more than 6).
   */
  readonly marksWithData: number;
  readonly marksWithoutData: number;
}

/** A policy; what is left out is as RFC 9768 recommends it. */
export function ecnPolicy(request: EcnFeedback, accept: EcnFeedback, choices: Partial<EcnPolicy> = {}): EcnPolicy {
  return {
    codepoint: ECT_0,
    option: 'full',
    beacon: 3,
    fallback: true,
    marksWithData: 2,
    marksWithoutData: 3,
    ...choices,
    request,
    accept,
  };
}

/** Takes no part. */
export const ECN_OFF: EcnPolicy = ecnPolicy('none', 'none');
/** Asks and agrees, after RFC 3168. */
export const ECN_ON: EcnPolicy = ecnPolicy('classic', 'classic');
/** Agrees when asked, after RFC 3168. */
export const ECN_PASSIVE: EcnPolicy = ecnPolicy('none', 'classic');
/** Asks for accurate feedback, and agrees to it (RFC 9768). */
export const ECN_ACCURATE: EcnPolicy = ecnPolicy('accurate', 'accurate');
/** Agrees to accurate feedback when asked. */
export const ECN_ACCURATE_PASSIVE: EcnPolicy = ecnPolicy('none', 'accurate');
