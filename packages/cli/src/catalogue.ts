import type { AnyPlugin } from '@netwright/core';
import {
  arpPlugin,
  dnsPlugin,
  dnsServerPlugin,
  ethernetPlugin,
  icmpPlugin,
  ipv4Plugin,
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
