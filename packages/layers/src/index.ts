/**
 * @packageDocumentation
 * The protocols of Netwright, one folder each, and the plugins that put them into a stack.
 */
// What layers agree on

// Names and errors
export { fail as protocolError } from './errors.js';
export { type Family, isNameResolver, type NameResolver, type Resolved, resolveHost } from './ip/names.js';
export {
  isNetwork,
  isTransport,
  type Network,
  type NetworkError,
  type NoPath,
  type Path,
  type PathOptions,
  type Rejection,
  type Transport,
} from './ip/network.js';
export {
  type FragmentPolicy,
  IP_FRAGMENTS,
  IP_ID,
  IP_ROUTES,
  IP_TTL,
  type IpId,
  type IpTtl,
  type Route,
  type Routes,
} from './ip/tokens.js';
export { isNeighbours, NEIGHBOURS_V4, type Neighbour, type Neighbours } from './link/neighbour.js';

// UDP
export { UdpApplication } from './udp/application.js';
export { Datagram, type ReceivedDatagram, type UdpOrigin } from './udp/datagram.js';
export {
  checksumField,
  pseudoSum,
  readUdpHeader,
  UDP_HEADER,
  UDP_MAX_PAYLOAD,
  UDP_PROTOCOL,
  type UdpHeader,
  udpLength,
  writeUdpHeader,
} from './udp/header.js';
export { Udp, udpSocketDefaults } from './udp/layer.js';
export { udpPlugin } from './udp/plugin.js';
export { PortTable } from './udp/port-table.js';
export { RandomPorts, UDP_PORTS, type UdpPorts } from './udp/ports.js';
export { UDP_DATAGRAM, UDP_INJECTED, UDP_UPPER } from './udp/reasons.js';
export { UDP_OPTIONS, type UdpOptions, type UdpSettings, udpSettings } from './udp/settings.js';
export {
  type ErrorListener,
  type MessageListener,
  type UdpSendResult,
  UdpSocket,
  type UdpSocketOptions,
} from './udp/socket.js';
