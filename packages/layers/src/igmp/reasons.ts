import { reason } from '@netwright/core';

/** What is wanted of a group has changed. */
export const IGMP_CHANGE = reason('igmp.report.change');
/** A router asked. */
export const IGMP_ANSWER = reason('igmp.report.answer');
/** Nobody here wants a group any more (version 2). */
export const IGMP_LEAVE = reason('igmp.leave');
