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
export * from './dns/index.js';
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
// icmp
export {
  ICMP_SIZE,
  type IcmpHeader,
  IcmpType,
  isIcmpError,
  readIcmp,
  sealIcmp,
  writeIcmp,
} from './icmp/header.js';
export { Icmp } from './icmp/layer.js';
export { icmpPlugin } from './icmp/plugin.js';
export { ICMP_OPTIONS, type IcmpOptions } from './icmp/settings.js';
// IPv6
export {
  ICMPV6_SIZE,
  type Icmpv6Header,
  Icmpv6Type,
  readIcmpv6,
  sealIcmpv6,
  writeIcmpv6,
} from './icmpv6/header.js';
export { Icmpv6 } from './icmpv6/layer.js';
export { icmpv6Plugin } from './icmpv6/plugin.js';
export { ICMPV6_OPTIONS, type Icmpv6Options } from './icmpv6/settings.js';
export * from './igmp/index.js';
export { type ControlledNetwork, type ErrorReporter, isControlledNetwork, isErrorReporter } from './ip/control.js';
export { carriesDatagrams, type DatagramOrigin, type DatagramSocket, type Datagrams } from './ip/datagrams.js';
export { type Destination, sortDestinations } from './ip/destinations.js';
export { type DiscoveredNetwork, type Discovery, isDiscovery } from './ip/discovery.js';
export { type GroupRecord, packRecords, RecordKind } from './ip/group-records.js';
export { type GroupMembership, Groups } from './ip/groups.js';
export { type Family, isNameResolver, type NameResolver, type Resolved, resolveHost } from './ip/names.js';
export {
  type HeaderOptions,
  hasGroups,
  isNetwork,
  isTransport,
  type MulticastNetwork,
  type Network,
  type NetworkError,
  type NoPath,
  type Path,
  type PathOptions,
  type Rejection,
  type Transport,
} from './ip/network.js';
export type { PingOptions, PingResult } from './ip/ping.js';
export { DEFAULT_POLICIES, type PolicyRow, PolicyTable } from './ip/policy-table.js';
export type { PortObserver, PortUse } from './ip/ports.js';
export { TokenBucket } from './ip/rate.js';
export { RouteTable } from './ip/route-table.js';
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
export { FixedTtl } from './ip/ttl.js';
export * from './ipv4/index.js';
export { linkLocalAddress, solicitedNode } from './ipv6/addresses.js';
export { ipv6SocketDefaults } from './ipv6/defaults.js';
export { fragmentIpv6 } from './ipv6/fragmentation.js';
export {
  checkIpv6,
  FRAGMENT_SIZE as IPV6_FRAGMENT_SIZE,
  findPayload,
  IPV6_LARGEST_PAYLOAD,
  IPV6_MIN_MTU,
  IPV6_SIZE,
  type Ipv6FragmentHeader,
  type Ipv6Header,
  type Ipv6Malformed,
  type Ipv6Payload,
  NextHeader,
  readIpv6,
  readIpv6Fragment,
  writeIpv6,
  writeIpv6Fragment,
} from './ipv6/header.js';
export { Ipv6 } from './ipv6/layer.js';
export { ipv6Plugin } from './ipv6/plugin.js';
export { IPV6_OPTIONS, type Ipv6Options } from './ipv6/settings.js';
export { isLinkLayer, type LinkLayer } from './link/link-layer.js';
export { isNeighbours, type Neighbour, type Neighbours } from './link/neighbour.js';
export * from './mld/index.js';
export {
  NdpFlag,
  type NdpMessage,
  type NdpPrefix,
  NdpType,
  ndpMessage,
  ndpSize,
  readNdp,
  writeNdp,
} from './ndp/header.js';
export { Ndp, type NdpEntry } from './ndp/layer.js';
export type { NdpState } from './ndp/neighbour.js';
export { ndpPlugin } from './ndp/plugin.js';
export { NDP_OPTIONS, type NdpOptions } from './ndp/settings.js';
export { TcpApplication } from './tcp/application.js';
export { AoAuthentication, KeyRing } from './tcp/authentication/ao.js';
export {
  type Authentication,
  type Authenticator,
  NO_AUTHENTICATION,
  PeerKeys,
  PseudoHeader,
  type SignatureKeys,
} from './tcp/authentication/authentication.js';
export { Md5Authentication, md5Digest } from './tcp/authentication/md5.js';
export {
  type AoAlgorithm,
  type KeyContext,
  type MasterKey,
  messageCode,
  trafficKey,
} from './tcp/authentication/mkt.js';
export { SequenceExtension } from './tcp/authentication/sequence-extension.js';
export { ChallengeInterval, ChallengePerConnection, type ChallengePolicy } from './tcp/challenge.js';
export { Bbr } from './tcp/congestion/bbr.js';
export {
  AckSample,
  type CongestionControl,
  FixedCongestionWindow,
  initialWindow,
} from './tcp/congestion/congestion.js';
export { Cubic } from './tcp/congestion/cubic.js';
export { HyStart } from './tcp/congestion/hystart.js';
export { Reno } from './tcp/congestion/reno.js';
export { tcpDefaults } from './tcp/defaults.js';
export { AccurateReceiver } from './tcp/ecn/accurate-receiver.js';
export { AccurateSender, Seen } from './tcp/ecn/accurate-sender.js';
export { EcnBlockages } from './tcp/ecn/blockages.js';
export { CongestionNotification, Failed, Feedback } from './tcp/ecn/notification.js';
export { ACCECN_0, ACCECN_1, type AccEcnReport, writeAccEcn } from './tcp/ecn/option.js';
export {
  type AccEcnOptionUse,
  ECN_ACCURATE,
  ECN_ACCURATE_PASSIVE,
  ECN_OFF,
  ECN_ON,
  ECN_PASSIVE,
  type EcnFeedback,
  type EcnPolicy,
  ecnPolicy,
} from './tcp/ecn/policy.js';
export type { TcpHandler, TcpTrouble } from './tcp/handler.js';
export {
  ACK,
  CWR,
  ECE,
  FIN,
  formatFlags,
  HEADER_SIZE as TCP_HEADER,
  PSH,
  RST,
  readTcpHeader,
  SYN,
  type TcpHeader,
  URG,
  writeTcpHeader,
} from './tcp/header.js';
export { CongestionState } from './tcp/info/congestion-state.js';
export { SendLimit, type SendLimitName } from './tcp/info/send-limits.js';
export type { TcpInfo } from './tcp/info/tcp-info.js';
export { type ConnectOptions, Tcp } from './tcp/layer.js';
export { CookieKeys, type CookieWorth } from './tcp/open/cookie-keys.js';
export type { FastOpening } from './tcp/open/fast-opening.js';
export {
  CookieFastOpen,
  type FastOpen,
  type FastOpenGrant,
  FastOpenMemory,
  type FastOpenOffer,
  type FastOpenOptions,
  type FastOpenOutcome,
  fastOpenMemory,
  NO_FAST_OPEN,
} from './tcp/open/fastopen.js';
export { type ConnectionId, FixedSequence, HashedSequence, type InitialSequence } from './tcp/open/isn.js';
export { Listener, type ListenOptions } from './tcp/open/listen.js';
export {
  type Admission,
  AlwaysAdmit,
  Backlog,
  type Completion,
  type ListenFacts,
  type ListenPolicy,
  SynCookieBacklog,
} from './tcp/open/listen-policy.js';
export { type EphemeralPorts, HashedPorts, RangedPorts, SequentialPorts } from './tcp/open/ports.js';
export { SipHash } from './tcp/open/siphash.js';
export { SynCookies } from './tcp/open/syn-cookies.js';
export { tcpPlugin } from './tcp/plugin.js';
export * from './tcp/profile/index.js';
export { WHY as TCP_WHY } from './tcp/reasons.js';
// TCP
export { type AckFacts, type AckPolicy, DelayedAck, QuickAck, StretchAck } from './tcp/receive/ack.js';
export { KeepFirst, KeepLast, KeepUnlessEarlier, OutOfOrder, type ReassemblyPolicy } from './tcp/receive/reassembly.js';
export { ReceiveTuning } from './tcp/receive/receive-tuning.js';
export { FixedWindow, OpenWindow, type WindowFacts, type WindowPolicy } from './tcp/receive/window.js';
export { AdaptiveRecovery } from './tcp/recovery/adaptive-recovery.js';
export { DEFAULT_RECOVERY, type RecoveryChoices, SACK_RECOVERY } from './tcp/recovery/choices.js';
export { ForwardRto, type TimeoutVerdict } from './tcp/recovery/frto.js';
export { NewReno } from './tcp/recovery/newreno.js';
export { ProportionalRateReduction } from './tcp/recovery/prr.js';
export { RackTlp } from './tcp/recovery/rack.js';
export { type LossRecovery, TimeoutOnly } from './tcp/recovery/recovery.js';
export { FixedRto, INITIAL_RTO, JacobsonRtt, MAX_RTO, MIN_RTO, type RttEstimator } from './tcp/recovery/rtt.js';
export {
  BareOptionLayout,
  DefaultOptionLayout,
  OPTION,
  type OptionFacts,
  type OptionLayout,
  type OptionsOf,
  writeCookie,
} from './tcp/segment/options.js';
export { Segment } from './tcp/segment/segment.js';
export { SegmentView } from './tcp/segment/segment-view.js';
export { BLOCK_SIZE, BlockPool, ByteQueue } from './tcp/send/byte-queue.js';
export { Flight, SentSegment } from './tcp/send/flight.js';
export { type MtuProbing, PathProbe, type ProbeFacts } from './tcp/send/path-probe.js';
export { PipeAck } from './tcp/send/pipe-ack.js';
export { PipeAckValidation } from './tcp/send/pipe-ack-validation.js';
export {
  BsdSegmentation,
  FixedSegmentation,
  MinshallSegmentation,
  NagleSegmentation,
  type Segmentation,
  type SendFacts,
} from './tcp/send/segmentation.js';
export type { Sending } from './tcp/send/sending.js';
export { TCP_PROTOCOL } from './tcp/send/transmitter.js';
export { WindowUsage } from './tcp/send/window-usage.js';
export type { WindowValidation } from './tcp/send/window-validation.js';
export { seqAdd, seqAtMost, seqBefore, seqDistance, seqMax, seqMin } from './tcp/sequence.js';
export { TcpSession } from './tcp/session.js';
export { DEFAULT_TCP_SETTINGS, TCP_SETTINGS, type TcpSettings, TcpSettingsSchema } from './tcp/settings.js';
export { mayReceive, maySend, State, stateName, synchronized } from './tcp/state.js';
export type { SessionSurroundings } from './tcp/surroundings.js';
export { type TimeWaitFacts, type TimeWaitPolicy, TwoMsl } from './tcp/timewait.js';
export {
  TCP_ACK,
  TCP_AUTHENTICATION,
  TCP_BEHAVIOUR,
  TCP_CHALLENGE,
  TCP_CONGESTION,
  TCP_ECN,
  TCP_FASTOPEN,
  TCP_ISN,
  TCP_LISTEN,
  TCP_OPTIONS,
  TCP_PORTS,
  TCP_REASSEMBLY,
  TCP_RECOVERY,
  TCP_RTT,
  TCP_SEGMENTATION,
  TCP_SESSION,
  TCP_TIMEWAIT,
  TCP_VALIDATION,
  TCP_WINDOW,
  TcpBehaviour,
} from './tcp/tokens.js';
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
export { type MembershipResult, Memberships } from './udp/memberships.js';
export { udpPlugin } from './udp/plugin.js';
export { PortTable } from './udp/port-table.js';
export { RandomPorts, SequentialUdpPorts, UDP_PORTS, type UdpPorts } from './udp/ports.js';
export { UDP_DATAGRAM, UDP_INJECTED, UDP_UPPER } from './udp/reasons.js';
export { DatagramSending, type SendingOptions } from './udp/sending.js';
export { UDP_OPTIONS, type UdpOptions, type UdpSettings, udpSettings } from './udp/settings.js';
export {
  type ErrorListener,
  type JoinResult,
  type MessageListener,
  type UdpSendResult,
  UdpSocket,
  type UdpSocketOptions,
} from './udp/socket.js';
