import { definePlugin } from '@netwright/core';
import { RouteTable } from '../ip/route-table.js';
import { IP_ROUTES } from '../ip/tokens.js';
import { ipv6SocketDefaults } from './defaults.js';
import { Ipv6 } from './layer.js';
import { IPV6_OPTIONS, type Ipv6Settings, ipv6Settings } from './settings.js';

/** IPv6; its choices for hop limit and routes are those of the ipv4 plugin. */
export const ipv6Plugin = definePlugin<Ipv6Settings>({
  name: 'ipv6',
  version: '0.1.0',
  summary: 'IPv6: addresses, routes, extension headers, fragments, path MTU',
  options: ipv6Settings,
  layers: [Ipv6],
  bind: ({ bind, isBound, options }) => {
    bind(IPV6_OPTIONS).toConstantValue(options);
    // One table for both versions of IP.
    if (!isBound(IP_ROUTES)) bind(IP_ROUTES).to(RouteTable).inSingletonScope();
  },
  socket: ipv6SocketDefaults,
});
