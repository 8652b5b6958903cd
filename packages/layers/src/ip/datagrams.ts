import type { IpAddress, Layer, NetwrightError, Packet, Reason } from '@netwright/core';
import type { NetworkError, NoPath, Path } from './network.js';

/** Where a datagram came from, and which of our addresses it was sent to (RFC 1122 section 4.1.3.5). May be kept. */
export interface DatagramOrigin {
  readonly address: IpAddress;
  readonly port: number;
  /** The address to answer from. */
  readonly to: IpAddress;
  /** The IP options it came with (RFC 1122 section 4.1.3.2); left out where it had none. */
  readonly headerOptions?: Uint8Array;
}

/** A port for datagrams, as layers over UDP see it. */
export interface DatagramSocket {
  readonly localPort: number;
  /** Gets each datagram; `data` is borrowed. */
  onMessage: ((data: Uint8Array, from: DatagramOrigin) => void) | null;
  /** Gets what ICMP told about a datagram to `to`. */
  onError: ((error: NetwrightError, to: { address: IpAddress; port: number }, icmp: NetworkError) => void) | null;
  /** Takes a peer: others are not heard. @throws coded errors */
  connect(port: number, address: IpAddress): unknown;
  /** Sends to the peer. @returns 'sent', or why not. @throws coded errors */
  send(data: Uint8Array): string;
  close(): void;
}

/** A layer for datagrams, as layers over it see it; the udp layer is it. */
export interface Datagrams extends Layer {
  /** Opens a socket on a port of its choice. @throws coded errors */
  open(options: { reason?: Reason; address?: IpAddress }): DatagramSocket;
  /** The way back to the sender of a received packet. */
  pathBack(packet: Packet): Path | NoPath;
  /** Sends a packet that starts with its payload; takes ownership. */
  send(packet: Packet, path: Path, sourcePort: number, destinationPort: number): void;
}

/** Whether a layer carries datagrams. */
export function carriesDatagrams(layer: Layer): layer is Datagrams {
  return 'pathBack' in layer && 'open' in layer;
}
