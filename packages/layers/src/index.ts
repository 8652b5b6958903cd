/**
 * @packageDocumentation
 * The protocols of Netwright, one folder each, and the plugins that put them into a stack.
 */
// What layers agree on

// arp
export { ARP_SIZE, type ArpHeader, ArpOperation, isArp, readArp, writeArp } from './arp/header.js';
export { Arp, type ArpEntry } from './arp/layer.js';
export type { ArpState } from './arp/neighbour.js';
export { arpPlugin } from './arp/plugin.js';
export { ARP_OPTIONS, type ArpOptions } from './arp/settings.js';
// Names and errors
export { fail as protocolError } from './errors.js';
// ethernet
export {
  ETHERNET_SIZE,
  type EthernetHeader,
  EtherType,
  ethernetSize,
  multicastMac,
  readEthernet,
  TAG_SIZE,
  type VlanTag,
  writeEthernet,
} from './ethernet/header.js';
export { Ethernet } from './ethernet/layer.js';
export { ethernetPlugin } from './ethernet/plugin.js';
export { ETHERNET_OPTIONS, type EthernetOptions } from './ethernet/settings.js';
// ipv4
export { type ControlledNetwork, type ErrorReporter, isControlledNetwork, isErrorReporter } from './ip/control.js';
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
export { ipv4SocketDefaults } from './ipv4/defaults.js';
export {
  checkIpv4,
  IPV4_LARGEST,
  IPV4_SIZE,
  type Ipv4Header,
  type Ipv4Malformed,
  ipv4HeaderSize,
  Protocol,
  readIpv4,
  sealIpv4,
  writeIpv4,
} from './ipv4/header.js';
export { CounterIpId, FixedIpId, PerDestinationIpId, RandomIpId } from './ipv4/id.js';
export { Ipv4 } from './ipv4/layer.js';
export { ipv4Plugin } from './ipv4/plugin.js';
export { RouteTable } from './ipv4/routes.js';
export { IPV4_OPTIONS, type Ipv4Options } from './ipv4/settings.js';
export { FixedTtl } from './ipv4/ttl.js';
export { isLinkLayer, type LinkLayer } from './link/link-layer.js';
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
