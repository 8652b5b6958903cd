import { definePlugin } from '@netwright/core';
import { Dns } from './layer.js';
import { DnsServer } from './server.js';
import {
  DNS_OPTIONS,
  DNS_SERVER_OPTIONS,
  type DnsServerSettings,
  type DnsSettings,
  dnsServerSettings,
  dnsSettings,
} from './settings.js';

/** Looks names up. */
export const dnsPlugin = definePlugin<DnsSettings>({
  name: 'dns',
  version: '0.1.0',
  summary: 'DNS: looks names up at servers (RFC 1034, 1035)',
  options: dnsSettings,
  layers: [Dns],
  bind: ({ bind, options }) => {
    bind(DNS_OPTIONS).toConstantValue(options);
  },
});

/** Answers those who look names up. */
export const dnsServerPlugin = definePlugin<DnsServerSettings>({
  name: 'dns-server',
  version: '0.1.0',
  summary: 'a small DNS server, for labs and tests: it answers from a table',
  options: dnsServerSettings,
  layers: [DnsServer],
  bind: ({ bind, options }) => {
    bind(DNS_SERVER_OPTIONS).toConstantValue(options);
  },
});
