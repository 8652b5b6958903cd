import type { AnyPlugin } from '@netwright/core';
import {
  arpPlugin,
  dnsPlugin,
  dnsServerPlugin,
  ethernetPlugin,
  icmpPlugin,
  icmpv6Plugin,
  ipv4Plugin,
  ipv6Plugin,
  ndpPlugin,
  tcpPlugin,
  udpPlugin,
} from '@netwright/layers';
import {
  applications,
  cablePlugin,
  capturePlugin,
  faultPlugin,
  guardPlugin,
  memoryDevices,
  sessionsPlugin,
  streamPlugin,
  watchPlugin,
} from '@netwright/plugins';

/** Every plugin that ships with the command: what a manifest may name without a `plugins` entry. */
export const shippedPlugins: readonly AnyPlugin[] = [
  ethernetPlugin,
  arpPlugin,
  ipv4Plugin,
  icmpPlugin,
  ndpPlugin,
  ipv6Plugin,
  icmpv6Plugin,
  udpPlugin,
  tcpPlugin,
  dnsPlugin,
  dnsServerPlugin,
  cablePlugin,
  memoryDevices,
  watchPlugin,
  capturePlugin,
  streamPlugin,
  faultPlugin,
  guardPlugin,
  applications,
  sessionsPlugin,
];
