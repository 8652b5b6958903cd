import { reason } from '@netwright/core';

/** What is wanted of a group has changed. */
export const MLD_CHANGE = reason('mld.report.change');
/** A router asked. */
export const MLD_ANSWER = reason('mld.report.answer');
/** Nobody here wants a group any more (version 1). */
export const MLD_DONE = reason('mld.done');
