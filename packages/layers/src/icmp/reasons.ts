import { type Reason, reason } from '@netwright/core';
import { IP_ID, IP_TTL } from '../ip/tokens.js';
import { IcmpType } from './header.js';

/** Somebody pinged us. */
export const ICMP_ECHO_REPLY = reason('icmp.echo.reply', IP_TTL, IP_ID);
/** A program pings. */
export const ICMP_ECHO = reason('icmp.echo', IP_TTL, IP_ID);
/** A packet could not be delivered or passed on. */
export const ICMP_UNREACHABLE = reason('icmp.unreachable', IP_TTL, IP_ID);
/** A packet was too large for the next link, and may not be fragmented. */
export const ICMP_FRAGMENTATION_NEEDED = reason('icmp.fragmentation-needed', IP_TTL, IP_ID);
/** A packet lived too long on its way, or its fragments did not all come. */
export const ICMP_TIME_EXCEEDED = reason('icmp.time-exceeded', IP_TTL, IP_ID);
/** A header made no sense. */
export const ICMP_PARAMETER_PROBLEM = reason('icmp.parameter-problem', IP_TTL, IP_ID);

/** The reason for an error of this type. */
export function errorReason(type: number, code: number): Reason {
  if (type === IcmpType.TimeExceeded) return ICMP_TIME_EXCEEDED;
  if (type === IcmpType.ParameterProblem) return ICMP_PARAMETER_PROBLEM;
  return code === 4 ? ICMP_FRAGMENTATION_NEEDED : ICMP_UNREACHABLE;
}
