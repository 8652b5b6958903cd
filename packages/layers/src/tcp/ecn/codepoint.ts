/** IP's ECN field (RFC 3168 section 5). */
export const NOT_ECT = 0;
export const ECT_1 = 1;
export const ECT_0 = 2;
export const CONGESTION_EXPERIENCED = 3;

/** The ECN field of a received packet; Not-ECT where there is none. */
export function codepointOf(packet: { readonly trafficClass: number } | null): number {
  return (packet?.trafficClass ?? 0) & 3;
}
