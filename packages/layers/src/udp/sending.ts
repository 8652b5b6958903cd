import type { IpAddress, NetworkInterface } from '@netwright/core';
import type { PathOptions } from '../ip/network.js';

/** What a socket may say of how its datagrams leave, at any time. */
export interface SendingOptions {
  /** Whether it may send to everybody. */
  broadcast: boolean;
  /** TTL or hop limit; null: as `ip.ttl` has it. */
  ttl: number | null;
  /** The same for groups: 1 unless said otherwise (RFC 1112 section 6.1); null: as everything else. */
  multicastTtl: number | null;
  /** Whether this host hears what is sent to groups it has joined. */
  multicastLoop: boolean;
  /** Whether datagrams stay whole, as {@link PathOptions.whole} has it; null: they may be cut. */
  whole: 'path' | 'link' | null;
  /** Where datagrams to groups leave; null: routes decide. */
  multicastInterface: NetworkInterface | null;
  /** IP options of each datagram, as {@link PathOptions.headerOptions} has them; IPv4 alone. */
  headerOptions: Uint8Array | null;
}

/** How the datagrams of one socket leave. */
export class DatagramSending {
  private options: SendingOptions;

  /**
   * @param behaviours TTL and ID, where the socket's scope overrides them.
   * @param bound the address it is bound to; null: all.
   * @param changed is called when paths that were found before are no longer right.
   */
  constructor(
    private readonly behaviours: Pick<PathOptions, 'ttl' | 'id'>,
    private readonly bound: IpAddress | null,
    broadcast: boolean,
    private readonly changed: () => void,
  ) {
    // Who overrides ip.ttl for a socket says it of groups, too.
    const multicastTtl = behaviours.ttl === undefined ? 1 : null;
    this.options = {
      broadcast,
      ttl: null,
      multicastTtl,
      multicastLoop: true,
      whole: null,
      multicastInterface: null,
      headerOptions: null,
    };
  }

  /** Whether it may send to everybody. */
  get broadcast(): boolean {
    return this.options.broadcast;
  }

  /** Whether datagrams are never cut. */
  get whole(): boolean {
    return this.options.whole !== null;
  }

  /** Changes what is named; the next datagram leaves so. */
  set(changes: Partial<SendingOptions>): void {
    this.options = { ...this.options, ...changes };
    this.changed();
  }

  /** What the way to `destination` is asked for with. */
  pathOptions(destination: IpAddress, source: IpAddress | null): PathOptions {
    const { bound, options } = this;
    const group = destination.isMulticast;
    const ttl = (group ? options.multicastTtl : null) ?? options.ttl;
    // A socket that is bound to a group, or to all, sends from what fits the route.
    const own = bound === null || bound.isAny || bound.isMulticast || bound.isBroadcast ? null : bound;
    const from = source ?? own;
    return {
      ...this.behaviours,
      ...(ttl === null ? {} : { ttl: { ttl: () => ttl } }),
      ...(from === null ? {} : { source: from }),
      loop: !group || options.multicastLoop,
      ...(options.headerOptions === null || destination.version === 6 ? {} : { headerOptions: options.headerOptions }),
      ...(options.whole === null ? {} : { whole: options.whole }),
      ...(group && options.multicastInterface !== null ? { interface: options.multicastInterface } : {}),
    };
  }
}
