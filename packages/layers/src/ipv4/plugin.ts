import { definePlugin, implementation } from '@netwright/core';
import { z } from 'zod';
import { RouteTable } from '../ip/route-table.js';
import { IP_FRAGMENTS, IP_ID, IP_ROUTES, IP_TTL } from '../ip/tokens.js';
import { FixedTtl } from '../ip/ttl.js';
import { ipv4SocketDefaults } from './defaults.js';
import { CounterIpId, FixedIpId, PerDestinationIpId, RandomIpId } from './id.js';
import { Ipv4 } from './layer.js';
import { type FragmentPolicyName, fragmentPolicies } from './policies.js';
import { IPV4_OPTIONS, type Ipv4Settings, ipv4Settings } from './settings.js';

const uint16 = z.int().min(0).max(65535);
const nothing = z.strictObject({});

/** IPv4, with its choices for the identification field, TTL, fragments and routes. */
export const ipv4Plugin = definePlugin<Ipv4Settings>({
  name: 'ipv4',
  version: '0.1.0',
  summary: 'IPv4: addresses, routes, fragments, path MTU',
  options: ipv4Settings,
  layers: [Ipv4],
  bind: ({ bind, isBound, options }) => {
    bind(IPV4_OPTIONS).toConstantValue(options);
    // One table for both versions of IP.
    if (!isBound(IP_ROUTES)) bind(IP_ROUTES).to(RouteTable).inSingletonScope();
    bind(IP_FRAGMENTS).toConstantValue(fragmentPolicies.linux);
  },
  socket: ipv4SocketDefaults,
  implementations: [
    ...(Object.keys(fragmentPolicies) as FragmentPolicyName[]).map((name) =>
      implementation({
        name: `fragments.${name}`,
        token: IP_FRAGMENTS,
        summary: `overlapping fragments are resolved by the policy "${name}"`,
        options: nothing,
        provide: () => ({ value: fragmentPolicies[name] }),
      }),
    ),
    implementation({
      name: 'id.random',
      token: IP_ID,
      summary: 'drawn at random where the packet may be fragmented, else 0',
      options: nothing,
      provide: () => ({ class: RandomIpId }),
    }),
    implementation({
      name: 'id.counter',
      token: IP_ID,
      summary: 'one counter for all packets',
      options: z.strictObject({ start: uint16.default(0), step: z.int().min(1).max(65535).default(1) }),
      provide: ({ start, step }) => ({ value: new CounterIpId(start, step) }),
    }),
    implementation({
      name: 'id.per-destination',
      token: IP_ID,
      summary: 'a counter for each destination',
      options: z.strictObject({ start: uint16.default(1) }),
      provide: ({ start }) => ({ value: new PerDestinationIpId(start) }),
    }),
    implementation({
      name: 'id.zero',
      token: IP_ID,
      summary: '0 always',
      options: nothing,
      provide: () => ({ value: new FixedIpId(0) }),
    }),
    implementation({
      name: 'id.fixed',
      token: IP_ID,
      summary: 'one value always',
      options: z.strictObject({ value: uint16 }),
      provide: ({ value }) => ({ value: new FixedIpId(value) }),
    }),
    implementation({
      name: 'ttl.fixed',
      token: IP_TTL,
      summary: 'one TTL for every destination',
      options: z.strictObject({ value: z.int().min(1).max(255).default(64) }),
      provide: ({ value }) => ({ value: new FixedTtl(value) }),
    }),
    implementation({
      name: 'routes.table',
      token: IP_ROUTES,
      summary: 'longest prefix, then lowest metric',
      options: nothing,
      provide: () => ({ class: RouteTable }),
    }),
  ],
});
