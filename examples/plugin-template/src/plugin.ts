import { definePlugin, duration, implementation, ipAddress, override } from '@netwright/core';
import { FixedTtl, IP_TTL } from '@netwright/layers';
import { z } from 'zod';
import { HEARTBEAT_OPTIONS, Heartbeat } from './layer.js';
import { BackoffRhythm, HEARTBEAT_RHYTHM, type Rhythm, SteadyRhythm } from './rhythm.js';

export { HEARTBEAT_PORT, Heartbeat, type HeartbeatOptions } from './layer.js';
export { BackoffRhythm, HEARTBEAT_RHYTHM, type Rhythm, SteadyRhythm } from './rhythm.js';

/** A strict object: a misspelt option is told with its line and column, and editors complete the right one. */
const options = z.strictObject({
  peer: ipAddress().optional().describe('Whom to send beats; left out, beats are only answered'),
  interval: duration().default(1000).describe('Time between two beats'),
  nearby: z
    .boolean()
    .default(false)
    .describe('Send with TTL 255, as RFC 5082 asks of those who talk to neighbours only'),
});

const backoff = z.strictObject({ interval: duration().default(1000), limit: duration().default(60_000) });

/** What a manifest's `plugins:` loads: every export that was made with definePlugin. */
export const heartbeat = definePlugin<z.output<typeof options>>({
  name: 'heartbeat',
  version: '0.1.0',
  summary: 'Beats over UDP, and knows whether the peer is alive',
  options,
  layers: [Heartbeat],
  bind: ({ bind, options }) => {
    bind(HEARTBEAT_OPTIONS).toConstantValue(options);
    bind(HEARTBEAT_RHYTHM).toConstantValue(new SteadyRhythm(options.interval));
  },
  // Choices for manifests: `override: { heartbeat.rhythm: { use: rhythm.backoff, limit: 10s } }`.
  implementations: [
    implementation<Rhythm, z.output<typeof backoff>>({
      name: 'rhythm.backoff',
      token: HEARTBEAT_RHYTHM,
      summary: 'Twice the pause for each beat without an answer',
      options: backoff,
      provide: ({ interval, limit }) => ({ value: new BackoffRhythm(interval, limit) }),
    }),
  ],
  // What listing the plugin in a manifest changes: here a behaviour of another package, without touching it.
  overrides: ({ nearby }) =>
    nearby ? [override(IP_TTL, { value: new FixedTtl(255) }, 'heartbeat: nearby (RFC 5082)')] : [],
});
