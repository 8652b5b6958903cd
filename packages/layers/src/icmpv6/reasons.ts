import { type Reason, reason } from '@netwright/core';
import { IP_TTL } from '../ip/tokens.js';
import { Icmpv6Type } from './header.js';

/** Somebody pinged us. */
export const ICMPV6_ECHO_REPLY = reason('icmpv6.echo.reply', IP_TTL);
/** A program pings. */
export const ICMPV6_ECHO = reason('icmpv6.echo', IP_TTL);
/** A packet could not be delivered or passed on. */
export const ICMPV6_UNREACHABLE = reason('icmpv6.unreachable', IP_TTL);
/** A packet was too large for the next link. */
export const ICMPV6_TOO_BIG = reason('icmpv6.too-big', IP_TTL);
/** A packet lived too long on its way, or its fragments did not all come. */
export const ICMPV6_TIME_EXCEEDED = reason('icmpv6.time-exceeded', IP_TTL);
/** A header made no sense, or was not known. */
export const ICMPV6_PARAMETER_PROBLEM = reason('icmpv6.parameter-problem', IP_TTL);

/** The reason for an error of this type. */
export function errorReason6(type: number): Reason {
  if (type === Icmpv6Type.TooBig) return ICMPV6_TOO_BIG;
  if (type === Icmpv6Type.TimeExceeded) return ICMPV6_TIME_EXCEEDED;
  return type === Icmpv6Type.ParameterProblem ? ICMPV6_PARAMETER_PROBLEM : ICMPV6_UNREACHABLE;
}
