import type { Cidr, IpAddress, NetworkInterface, Timer } from '@netwright/core';

/** An address that somebody else may have. */
interface Tentative {
  readonly cidr: Cidr;
  readonly interface: NetworkInterface;
  readonly timer: Timer;
  left: number;
}

/**
 * Duplicate address detection (RFC 4862 section 5.4), optimistic (RFC 4429): an address is used while the question is
 * open, but does not win over what others know.
 */
export class Duplicates {
  private readonly tentative: Tentative[] = [];

  /** @param ask sends the question. */
  constructor(
    private readonly timer: (action: () => void) => Timer,
    private readonly ask: (address: IpAddress, via: NetworkInterface) => void,
  ) {}

  /** How many questions are open. */
  get size(): number {
    return this.tentative.length;
  }

  /** Asks `count` times, `interval` ms apart, whether somebody has the address; first after `delay` ms. */
  check(cidr: Cidr, via: NetworkInterface, count: number, interval: number, delay = 0): void {
    if (count === 0) return;
    const each: Tentative = { cidr, interface: via, left: count, timer: this.timer(() => this.next(each, interval)) };
    this.tentative.push(each);
    if (delay > 0) each.timer.start(delay);
    else this.next(each, interval);
  }

  /** Whether the question is open. */
  has(address: IpAddress, via: NetworkInterface): boolean {
    return this.tentative.some((each) => each.interface === via && each.cidr.address.equals(address));
  }

  /** Somebody has it. */
  end(address: IpAddress, via: NetworkInterface): void {
    const at = this.tentative.findIndex((each) => each.interface === via && each.cidr.address.equals(address));
    if (at >= 0) this.tentative.splice(at, 1)[0].timer.stop();
  }

  /** Lets go of all questions. */
  clear(): void {
    for (const each of this.tentative.splice(0)) each.timer.stop();
  }

  private next(each: Tentative, interval: number): void {
    if (each.left-- > 0) {
      each.timer.start(interval);
      this.ask(each.cidr.address, each.interface);
    } else this.end(each.cidr.address, each.interface);
  }
}
