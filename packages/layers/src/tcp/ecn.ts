/** Whether a connection takes part in explicit congestion notification (RFC 3168). */
export interface EcnPolicy {
  /** Ask for it in our SYN. */
  readonly request: boolean;
  /** Agree when a peer's SYN asks. */
  readonly accept: boolean;
}

/** Linux's three settings of tcp_ecn: neither, both, or agree when asked. */
export const ECN_OFF: EcnPolicy = { request: false, accept: false };
export const ECN_ON: EcnPolicy = { request: true, accept: true };
export const ECN_PASSIVE: EcnPolicy = { request: false, accept: true };

/** IP's ECN field (RFC 3168 section 5). */
export const NOT_ECT = 0;
export const ECT_0 = 2;
export const CONGESTION_EXPERIENCED = 3;
