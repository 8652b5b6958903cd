import { reason } from '@netwright/core';

/** A name is looked up. */
export const DNS_QUERY = reason('dns.query');
/** A server of names answers. */
export const DNS_ANSWER = reason('dns.answer');
