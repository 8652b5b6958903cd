import type { IpAddress } from '@netwright/core';

/** A port that a transport has taken: for those who must know before the first packet leaves, such as a host's guard. */
export interface PortUse {
  readonly protocol: 'tcp' | 'udp';
  /** null: all addresses of the stack. */
  readonly localAddress: IpAddress | null;
  readonly localPort: number;
  /** null: whoever comes. */
  readonly remoteAddress: IpAddress | null;
  readonly remotePort: number;
}

/** Is told of ports, synchronously: before the first packet leaves from one, and after the last. */
export interface PortObserver {
  opened(use: PortUse): void;
  closed(use: PortUse): void;
}
