import { token } from '@netwright/core';
import { z } from 'zod';
import { reportSettings } from '../ip/report-settings.js';

/** What a stack may choose about IGMP. */
export const igmpSettings = z.strictObject({
  ...reportSettings,
  alert: z
    .boolean()
    .default(true)
    .describe('ignore queries of versions 2 and 3 without the router alert option (RFC 3376 section 9.1)'),
});

/** Options of the igmp layer; what is left out has its default. */
export type IgmpOptions = z.input<typeof igmpSettings>;
/** The same with its defaults. */
export type IgmpSettings = z.infer<typeof igmpSettings>;

/** Options of the igmp layer. */
export const IGMP_OPTIONS = token<IgmpOptions>('igmp.options');
