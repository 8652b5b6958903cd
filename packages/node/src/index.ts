/**
 * @packageDocumentation
 * Node's own interfaces over a Netwright stack.
 */
// Streams

// Datagrams
export { DatagramHandle } from './dgram/handle.js';
export { type DatagramHome, type Household, householdOf } from './dgram/home.js';
export { datagramHandles, installDatagrams, type UdpBinding } from './dgram/install.js';
export { type DatagramModule, dgram } from './dgram/module.js';
// Names
export type { LookupOptions } from './dns/home.js';
export { type CaresBinding, installLookups } from './dns/install.js';
export { type DnsModule, dns } from './dns/module.js';
export { TcpHandle } from './handle/tcp.js';
export { type NetModule, net } from './net/module.js';
