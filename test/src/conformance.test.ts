import { type ConformanceSetup, conformance, fromHex } from '@netwright/core/testing';
import test from 'ava';
import { shippedPlugins } from 'netwright';

/** Options that have no default, by plugin and implementation. */
const needed: Record<string, ConformanceSetup['implementationOptions']> = {
  ipv4: { 'id.fixed': { value: 1 } },
  udp: { 'ports.sequential': { first: 50_000, last: 50_100 } },
  tcp: {
    'isn.fixed': { value: 5555 },
    'segmentation.fixed': { bytes: 100 },
    'ack.stretch': { segments: 4 },
    'window.fixed': { bytes: 1000 },
    'rtt.fixed': { rto: 200 },
    'congestion.fixed': { cwnd: 14_600 },
  },
  'memory-devices': { replay: { file: 'none.pcapng' } },
  watch: { pcapng: { file: 'none.pcapng' } },
  capture: { capture: { interface: 'none' } },
  stream: { stream: { listen: '127.0.0.1:1' } },
  fault: { fault: { device: { use: 'loopback' } } },
  applications: {
    get: { url: 'http://10.0.0.2/' },
    source: { address: '10.0.0.2', port: 7 },
  },
};

/** An IPv4 packet from 10.0.0.2 to 10.0.0.1 in its Ethernet frame. */
const frame = (ip: string) => fromHex(`02 00 00 00 00 01 02 00 00 00 00 02 08 00 ${ip}`);
const frames = [
  // An ARP request for 10.0.0.1.
  fromHex(
    'ff ff ff ff ff ff 02 00 00 00 00 02 08 06 00 01 08 00 06 04 00 01 02 00 00 00 00 02 0a 00 00 02 00 00 00 00 00 00 0a 00 00 01',
  ),
  // A SYN to port 80, UDP to port 53, an echo request, and the first of several fragments.
  frame(
    '45 00 00 28 00 00 40 00 40 06 26 ce 0a 00 00 02 0a 00 00 01 30 39 00 50 00 00 00 01 00 00 00 00 50 02 ff ff 00 00 00 00',
  ),
  frame('45 00 00 1c 00 00 40 00 40 11 26 cf 0a 00 00 02 0a 00 00 01 30 39 00 35 00 08 00 00'),
  frame('45 00 00 1c 00 00 40 00 40 01 26 df 0a 00 00 02 0a 00 00 01 08 00 f7 ff 00 00 00 00'),
  frame('45 00 00 1c 00 07 20 00 40 11 46 c8 0a 00 00 02 0a 00 00 01 30 39 00 35 00 10 00 00'),
];

/** The stack that a plugin is tried in, where it is not the usual one. */
const rooms: Record<string, Pick<ConformanceSetup, 'layers' | 'interfaces'>> = {
  // What a session is made of is bound by tcp.
  sessions: { layers: ['ethernet', 'arp', 'ipv4', 'tcp'] },
  // It stands in place of Ethernet.
  'man-in-the-middle': { layers: [], interfaces: 2 },
};

// What holds of every plugin holds of those that are shipped.
for (const plugin of shippedPlugins) {
  const setup = {
    plugins: shippedPlugins,
    layers: ['ethernet', 'arp', 'ndp'],
    ...rooms[plugin.name],
    frames,
    implementationOptions: needed[plugin.name],
  };
  for (const { name, run } of conformance(plugin, setup)) {
    test(name, async (t) => {
      await run();
      t.pass();
    });
  }
}
