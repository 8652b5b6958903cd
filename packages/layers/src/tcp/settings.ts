import { token } from '@netwright/core';
import { z } from 'zod';
import { DEFAULT_BUFFER } from './buffers.js';
import { PROFILE_NAMES, PROFILE_SETTINGS, type TcpProfileName } from './profile/settings.js';
import { MTU_BASE } from './send/path-probe.js';

/** The numbers of a TCP layer, and of one connection where it is given others. */
const Settings = z.strictObject({
  profile: z
    .enum(PROFILE_NAMES)
    .default('netwright')
    .describe('whose TCP it is like: what nothing else is said of is chosen as that system does'),
  receiveBuffer: z.int().min(1).default(DEFAULT_BUFFER).describe('bytes that may wait for the application, at first'),
  receiveBufferMax: z
    .int()
    .min(0)
    .default(0)
    .describe('bytes to which that grows; 0 is 6 MiB for the usual buffer, and no growth for any other'),
  sendBuffer: z
    .int()
    .min(1)
    .default(DEFAULT_BUFFER)
    .describe('bytes that may wait to be sent or acknowledged, at first'),
  sendBufferMax: z
    .int()
    .min(0)
    .default(0)
    .describe('bytes to which that grows; 0 is 4 MiB for the usual buffer, and no growth for any other'),
  sendBufferPieces: z
    .boolean()
    .default(false)
    .describe('count what keeps the bytes, too, and fill a piece that was begun even beyond the buffer, as Linux does'),
  notSentLowWater: z
    .int()
    .min(0)
    .default(0)
    .describe('unsent bytes at which `write` takes no more; 0 for no such mark'),
  windowClamp: z
    .int()
    .min(0)
    .default(0)
    .describe('bytes: the largest window to tell the peer; 0 for what there is room'),
  dscp: z
    .int()
    .min(0)
    .max(63)
    .default(0)
    .describe('the Differentiated Services codepoint of what is sent (RFC 9293 section 3.9.1.9)'),
  noDelay: z.boolean().default(false).describe('send small segments without waiting for acknowledgements'),
  timestamps: z.boolean().default(true).describe('offer and accept timestamps (RFC 7323)'),
  timestampsRequired: z
    .boolean()
    .default(false)
    .describe('drop what lacks a timestamp where they were agreed on (RFC 7323 section 3.2); some paths strip them'),
  windowScaling: z.boolean().default(true).describe('offer and accept window scaling (RFC 7323)'),
  sack: z.boolean().default(true).describe('offer and accept selective acknowledgements (RFC 2018)'),
  mss: z
    .int()
    .min(0)
    .max(65495)
    .default(0)
    .describe('bytes: the largest segment to announce; 0 takes what the MTU allows'),
  openTimeout: z.number().min(0).default(0).describe('ms that an active open may take; 0 counts `synRetries` alone'),
  synRetries: z.int().min(0).default(7).describe('how often a SYN is sent again'),
  synLinear: z.int().min(0).default(0).describe('how often before that, each after the first timeout, not doubled'),
  synAckRetries: z.int().min(0).default(5).describe('how often a SYN-ACK is sent again'),
  retries: z.int().min(0).default(15).describe('how often a segment is sent again before the connection is given up'),
  thinLinear: z
    .boolean()
    .default(false)
    .describe('do not double timeouts while fewer than four segments are in flight'),
  mtuProbing: z
    .enum(['never', 'black-hole', 'always'])
    .default('never')
    .describe('try larger segments (RFC 4821): once timeouts say that a path drops them, or from the beginning'),
  mtuBase: z
    .int()
    .min(68)
    .max(65_535)
    .default(MTU_BASE)
    .describe('bytes of payload and options that such segments begin with (RFC 4821 section 7.2)'),
  tooBigDoubted: z
    .boolean()
    .default(false)
    .describe(
      'believe no ICMP about a size that has arrived before, until the segment that it is about was sent again (RFC 5927 section 7.2)',
    ),
  shrinksSlowly: z
    .boolean()
    .default(false)
    .describe('what was too large for the path goes again one segment at first (RFC 1191 section 6.4)'),
  userTimeout: z
    .number()
    .min(0)
    .default(0)
    .describe(
      'ms that sent data may stay unacknowledged after it was sent again (RFC 5482); 0 counts `retries` instead',
    ),
  userTimeoutOption: z
    .boolean()
    .default(false)
    .describe('tell the peer of the user timeout, and adopt what it asks for unless `userTimeout` is set (RFC 5482)'),
  userTimeoutLower: z.number().min(1).default(100_000).describe('ms: the least user timeout that is adopted'),
  userTimeoutBounded: z
    .boolean()
    .default(false)
    .describe('hold what the program sets to these limits, too (RFC 5482 section 3)'),
  userTimeoutUpper: z.number().min(1).default(3_600_000).describe('ms: the largest user timeout that is adopted'),
  windowProbeData: z
    .boolean()
    .default(false)
    .describe('probe a closed window with the next byte (RFC 9293 section 3.8.6.1), not with an old one'),
  closedPorts: z
    .enum(['reset', 'drop-syn', 'drop'])
    .default('reset')
    .describe(
      'what a segment to a port where nobody is gets: a reset, or nothing; `drop-syn` says nothing to SYNs alone',
    ),
  dropSynFin: z.boolean().default(false).describe('listeners ignore SYNs with a FIN'),
  resetTimestamps: z
    .boolean()
    .default(true)
    .describe('a reset echoes the timestamp of what it answers (RFC 7323 section 5.2)'),
  resetOnTimeout: z.boolean().default(true).describe('tell the peer by a reset when its acknowledgement did not come'),
  maxPacingRate: z.number().min(0).default(0).describe('bytes a second at most, sent evenly; 0 for no limit'),
  keepAlive: z.boolean().default(false).describe('probe an idle connection (RFC 9293 section 3.8.4)'),
  keepAliveIdle: z.number().min(0).default(7_200_000).describe('ms without a segment before the first probe'),
  keepAliveInterval: z.number().min(1).default(75_000).describe('ms between probes'),
  keepAliveOctet: z
    .boolean()
    .default(false)
    .describe('probes carry an octet, for hosts that answer none without (RFC 9293 section 3.8.4)'),
  keepAliveProbes: z.int().min(1).default(9).describe('unanswered probes before the connection is given up'),
  maxConnections: z.int().min(1).default(262_144).describe('connections in the table; SYNs beyond are ignored'),
  finWait2Timeout: z
    .number()
    .min(-1)
    .default(60_000)
    .describe('ms to wait for the FIN of a peer after close(); -1 resets instead'),
  linger: z
    .number()
    .min(-1)
    .default(-1)
    .describe('ms that close() leaves for what is not acknowledged, then it resets; 0 resets at once, -1 waits on'),
});

export type TcpSettings = z.infer<typeof Settings>;

/** The same as options: what is not written is as the profile has it. */
export const TcpSettingsSchema: z.ZodType<TcpSettings> = z.preprocess((given) => {
  const name = (given as { profile?: unknown } | null)?.profile;
  const known = (PROFILE_NAMES as readonly unknown[]).includes(name);
  return known ? { ...PROFILE_SETTINGS[name as TcpProfileName], ...(given as object) } : given;
}, Settings);

/** What holds when nothing is said. */
export const DEFAULT_TCP_SETTINGS: TcpSettings = TcpSettingsSchema.parse({});

/** The settings of the stack's TCP layer. */
export const TCP_SETTINGS = token<TcpSettings>('tcp.settings');
