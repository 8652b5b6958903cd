import type { IpAddress, Layer, NetworkInterface, Packet } from '@netwright/core';
import type { Groups } from './groups.js';
import type { PolicyTable } from './policy-table.js';
import type { IpId, IpTtl } from './tokens.js';

/** What a transport may choose about its packets. */
export interface PathOptions {
  /** The address to send from; must be one of the stack's. Left out: the one that fits the route. */
  source?: IpAddress;
  /** Behaviours of one socket; left out: the stack's. */
  ttl?: IpTtl;
  id?: IpId;
  /** The interface to leave by: for broadcasts and groups, and for sockets that belong to one link. Left out: routes decide. */
  interface?: NetworkInterface;
  /** Whether this host hears what is sent to everybody, or to a group that it has joined (RFC 1112 section 6.1). Left out: it does not. */
  loop?: boolean;
  /**
   * IP options for each packet, encoded: at most 40 bytes, a multiple of 4. A source route lists the gateways alone, as
   * `sourceRoute` makes it and `HeaderOptions.returnRoute` answers it: the destination stays that of the path.
   */
  headerOptions?: Uint8Array;
  /**
   * Packets are never cut: 'path' sends none that is larger than the path is known to take, 'link' none that is larger
   * than the link takes, as who probes the path does (RFC 4821 section 9). Left out: they may be cut.
   */
  whole?: 'path' | 'link';
  /** The TOS or traffic class byte of its packets, where routes tell services apart; left out: 0. */
  trafficClass?: number;
  /** What tells this flow from others between the two hosts: paths of one flow have one flow label. Left out: one of its own. */
  flow?: number;
}

/**
 * The way to a destination: the network layer makes it once for a connection, which keeps it. It stays valid when
 * routes change: the network layer looks the route up again by itself.
 */
export interface Path {
  readonly network: Network;
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** Where packets leave now. */
  readonly interface: NetworkInterface;
  /** Largest network packet, in bytes, that passes without fragmentation, as far as is known. */
  readonly mtu: number;
  /** Bytes of the network header that this path writes. */
  readonly headerSize: number;
  /** The folded sum of both addresses: the pseudo-header's constant part (RFC 9293 section 3.1). */
  readonly addressSum: number;
  /** Whether the device completes transport checksums of packets that leave here. */
  readonly checksumOffload: boolean;
  /** The largest super-packet that may leave here, in bytes of network packet; 0 where each must fit the MTU. */
  readonly segmentation: number;
  /** Whether the packets never leave the stack. */
  readonly local: boolean;
  /** The peer was heard from. */
  confirm(): void;
  /** Nothing was heard where something should have been. */
  doubt?(): void;
}

/** Why there is no path (names after errno). */
export type NoPath = 'ENETUNREACH' | 'EADDRNOTAVAIL' | 'EAFNOSUPPORT' | 'EACCES';

/** What cannot be done with a received packet; the sender is told by ICMP where there is an icmp layer. */
export type Rejection =
  | 'port-unreachable'
  | 'protocol-unreachable'
  | 'host-unreachable'
  | 'network-unreachable'
  | 'prohibited';

/** IP, of either version, as transports see it. */
export interface Network extends Layer {
  readonly version: 4 | 6;
  /** The largest message of a transport that can be received and put together, in bytes (MMS_R, RFC 1122 section 3.3.2). */
  readonly mmsR?: number;
  /** The way to `destination`, or why there is none. */
  path(destination: IpAddress, options?: PathOptions): Path | NoPath;
  /**
   * Sends a packet that starts with its transport header; takes ownership. `packet.reason` is set by the transport;
   * `packet.trafficClass` is the TOS byte. The packet may not be fragmented if `dontFragment`.
   */
  send(packet: Packet, path: Path, protocol: number, dontFragment?: boolean): void;
  /** What headers of received packets carry beside the fields of all; left out where a version has no such options. */
  readonly headerOptions?: HeaderOptions;
  /** How addresses are chosen (RFC 6724); left out where a version leaves it to routes. */
  readonly policies?: PolicyTable;
  /** Whether no new connection is to begin at an address of ours. */
  isDeprecated?(address: IpAddress): boolean;
  /** Whether `address` is one of the stack's own unicast addresses. */
  isLocal(address: IpAddress): boolean;
  /** Tells the sender of a received packet why it was not taken; borrows the packet. Rules of RFC 1122 section 3.2.2 apply. */
  reject(packet: Packet, why: Rejection): void;
}

/** The options of received packets, as a transport asks for them; those of packets that it sends it gives to the path. */
export interface HeaderOptions {
  /** A copy, with our address and time noted where they ask for it (RFC 1122 section 3.2.1.8); undefined where there are none. */
  of(packet: Packet): Uint8Array | undefined;
  /** `PathOptions.headerOptions` for the way back; undefined where the packet came without a source route. */
  returnRoute(packet: Packet): Uint8Array | undefined;
  /** What the answer to an echo request carries (RFC 1122 section 3.2.2.6). */
  echoed(packet: Packet): Uint8Array | undefined;
}

/** IP with groups (RFC 1112, RFC 3493 section 5.2): what a transport asks for sockets that join them. */
export interface MulticastNetwork extends Network {
  readonly groups: Groups;
}

/** Whether a network layer has groups. */
export function hasGroups(network: Layer): network is MulticastNetwork {
  return 'groups' in network && 'path' in network;
}

/** What ICMP told about a packet that the stack had sent. */
export interface NetworkError {
  readonly kind:
    | Rejection
    | 'source-route-failed'
    | 'fragmentation-needed'
    | 'ttl-exceeded'
    | 'reassembly-exceeded'
    | 'parameter-problem'
    | 'source-quench'
    /** ICMPv6 has a type for it that is not known here (RFC 4443 section 2.4 (a)). */
    | 'unknown'
    /** No error: transports are asked whether they recognize it, never told. */
    | 'redirect';
  /** ICMP type and code. */
  readonly type: number;
  readonly code: number;
  /** Next-hop MTU of 'fragmentation-needed', in bytes; 0 where the router did not say (RFC 1191 section 4). */
  readonly mtu: number;
  /** Who said so. */
  readonly from: IpAddress;
  /** The addresses of the packet that failed: `source` is ours. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** The quoted transport header: `length` bytes (8 at least) at `at` of `view`; valid during the call. */
  readonly view: DataView;
  readonly at: number;
  readonly length: number;
}

/** A layer over IP that wants to know what became of its packets. */
export interface Transport extends Layer {
  /**
   * Whether the error is about a packet that it did send: its quote fits an open connection, and lies in its window
   * (RFC 5927 section 4.1). Errors that it does not recognize are dropped before they do any harm, such as lowering a path
   * MTU. A transport without this method is asked nothing.
   */
  recognizes?(error: NetworkError): boolean;
  networkError(error: NetworkError): void;
}

/** A transport with connections: they are reset before an address of theirs is given up (RFC 5227 section 2.4). */
export interface ConnectedTransport extends Layer {
  sessions(): { readonly id: { readonly localAddress: IpAddress }; abort(): void }[];
}

/** Resets the connections of all transports that have `address` for theirs. */
export function abortConnections(transports: readonly Layer[], address: IpAddress): void {
  for (const each of transports) {
    if (!('sessions' in each)) continue;
    for (const session of (each as ConnectedTransport).sessions())
      if (session.id.localAddress.equals(address)) session.abort();
  }
}

/** Whether a layer is IP. */
export function isNetwork(layer: Layer): layer is Network {
  return 'path' in layer && 'version' in layer;
}

/** Whether a layer wants ICMP errors. */
export function isTransport(layer: Layer): layer is Transport {
  return 'networkError' in layer;
}
