import { token } from '@netwright/core';
import { z } from 'zod';
import { reportSettings } from '../ip/report-settings.js';

/** What a stack may choose about MLD. */
export const mldSettings = z.strictObject(reportSettings);

/** Options of the mld layer; what is left out has its default. */
export type MldOptions = z.input<typeof mldSettings>;
/** The same with its defaults. */
export type MldSettings = z.infer<typeof mldSettings>;

/** Options of the mld layer. */
export const MLD_OPTIONS = token<MldOptions>('mld.options');
