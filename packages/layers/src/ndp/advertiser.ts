import { Cidr, type Host, type IpAddress, type NetworkInterface, type Timer } from '@netwright/core';
import { type NdpMessage, type NdpPrefix, NdpType, ndpMessage } from './header.js';
import type { NdpSettings } from './settings.js';

/** s for which a prefix is valid and preferred (RFC 4861 section 6.2.1): 30 days and 7. */
const VALID = 2_592_000;
const PREFERRED = 604_800;
/** RFC 4861 section 10: the first advertisements come sooner, ms. */
const FIRST_INTERVAL = 16_000;
const FIRST = 3;

/** A router's side: it tells hosts that it is there (RFC 4861 section 6.2). */
export class Advertiser {
  private readonly timer: Timer;
  private sent = 0;

  /** @param send sends an advertisement to everybody on the link. */
  constructor(
    host: Host,
    private readonly settings: NonNullable<NdpSettings['advertise']>,
    readonly via: NetworkInterface,
    private readonly send: (message: NdpMessage) => void,
  ) {
    this.timer = host.timer(() => this.advertise());
  }

  /** Says it, and goes on saying it. */
  advertise(): void {
    this.send(this.message(this.settings.lifetime));
    const { interval } = this.settings;
    this.timer.start(++this.sent <= FIRST ? Math.min(FIRST_INTERVAL, interval) : interval);
  }

  /** A host asks; everybody gets the answer. */
  solicited(): void {
    this.send(this.message(this.settings.lifetime));
  }

  /** Says goodbye: hosts are to look for another router (section 6.2.5). */
  stop(): void {
    this.timer.stop();
    this.send(this.message(0));
  }

  private message(lifetime: number): NdpMessage {
    const prefixes = this.settings.prefixes.map((text): NdpPrefix => {
      const { address, prefix } = Cidr.parse(text) as { address: IpAddress; prefix: number };
      const told = { onLink: true, autonomous: true, valid: VALID, preferred: PREFERRED };
      return { prefix: address, length: prefix, ...told };
    });
    const word = ((64 << 24) | lifetime) >>> 0;
    const mtu = this.settings.mtu ?? 0;
    return ndpMessage(NdpType.RouterAdvertisement, { word, mtu, prefixes, sourceLink: this.via.mac });
  }
}
