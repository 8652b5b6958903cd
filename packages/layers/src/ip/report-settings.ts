import { z } from 'zod';

/** What IGMP and MLD have in common (RFC 3376 section 8, RFC 3810 section 9). */
export const reportSettings = {
  robustness: z.int().min(1).max(7).default(2).describe('how often each change is told'),
  unsolicited: z.number().positive().default(1000).describe('ms within which a change is told once more'),
  queryInterval: z
    .number()
    .positive()
    .default(125_000)
    .describe('ms between general queries of routers that do not say; it decides how long an older version is spoken'),
  queryResponse: z.number().positive().default(10_000).describe('ms within which those routers want their answers'),
};
