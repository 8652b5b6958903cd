import type { Host, IpAddress, MacAddress, NetworkInterface, Random, Timer } from '@netwright/core';
import { fail } from '../errors.js';

/** RFC 5227 section 1.1, ms. */
const PROBE_WAIT = 1000;
const PROBE_MIN = 1000;
const PROBE_MAX = 2000;
const ANNOUNCE_WAIT = 2000;
const MAX_CONFLICTS = 10;
const RATE_LIMIT_INTERVAL = 60_000;

interface Claim {
  readonly address: IpAddress;
  readonly via: NetworkInterface;
  readonly timer: Timer;
  /** Gets who has it; null where nobody does. */
  readonly done: (rival: MacAddress | null) => void;
  left: number;
}

/** Addresses that the stack would like to use, while it asks whether somebody else has them (RFC 5227 section 2.1). */
export class Claims {
  private readonly open: Claim[] = [];
  /** By interface index: conflicts so far, and when the last claim began. */
  private readonly conflicts: number[] = [];
  private readonly begunAt: number[] = [];

  /** @param probes how often each address is asked for. @param probe asks. */
  constructor(
    private readonly host: Host,
    private readonly random: Random,
    private readonly probes: number,
    private readonly probe: (address: IpAddress, via: NetworkInterface) => void,
  ) {}

  /** How many are open. */
  get size(): number {
    return this.open.length;
  }

  /**
   * Asks for an address. Who has had ten conflicts on an interface waits a minute between two claims.
   * @returns who has it, or null.
   */
  begin(address: IpAddress, via: NetworkInterface): Promise<MacAddress | null> {
    return new Promise((done) => {
      const claim: Claim = { address, via, left: this.probes, done, timer: this.host.timer(() => this.next(claim)) };
      this.open.push(claim);
      const now = this.host.clock.now();
      const limited = (this.conflicts[via.index] ?? 0) >= MAX_CONFLICTS;
      const at = limited ? Math.max(now, (this.begunAt[via.index] ?? 0) + RATE_LIMIT_INTERVAL) : now;
      this.begunAt[via.index] = at;
      claim.timer.startAt(at + this.random.float() * PROBE_WAIT);
    });
  }

  /**
   * Asks for all addresses of interfaces, which have none until it is known that nobody else has them.
   * @throws ADDRESS_IN_USE
   */
  async beginAll(interfaces: readonly NetworkInterface[]): Promise<void> {
    await Promise.all(interfaces.filter(({ device }) => device.loopback !== true).map((each) => this.beginOn(each)));
  }

  /** Another station has sent a packet: from the address, or, asking for it from nowhere, as one that would like it too. */
  heard(sender: number, target: number, mac: MacAddress, via: NetworkInterface): void {
    for (const claim of [...this.open]) {
      const { d } = claim.address;
      if (claim.via === via && (sender === d || (sender === 0 && target === d))) this.lost(claim, mac);
    }
  }

  /** An address that was in use has met a rival. */
  conflict(via: NetworkInterface): void {
    this.conflicts[via.index] = (this.conflicts[via.index] ?? 0) + 1;
  }

  /** Asks no more. Nobody is known to have them. */
  clear(): void {
    for (const claim of [...this.open]) this.end(claim, null);
  }

  private async beginOn(via: NetworkInterface): Promise<void> {
    const wanted = via.addresses.splice(0);
    const own = wanted.filter(({ address }) => address.version === 4);
    const rivals = await Promise.all(own.map(({ address }) => this.begin(address, via)));
    const taken = rivals.findIndex((each) => each !== null);
    if (taken >= 0) throw fail('ADDRESS_IN_USE', { address: own[taken].address, station: `${rivals[taken]}` });
    via.addresses.push(...wanted);
  }

  private next(claim: Claim): void {
    if (claim.left === 0) {
      this.end(claim, null);
      return;
    }
    claim.left--;
    this.probe(claim.address, claim.via);
    const last = claim.left === 0;
    claim.timer.start(last ? ANNOUNCE_WAIT : PROBE_MIN + this.random.float() * (PROBE_MAX - PROBE_MIN));
  }

  private lost(claim: Claim, mac: MacAddress): void {
    this.conflict(claim.via);
    this.end(claim, mac);
  }

  private end(claim: Claim, rival: MacAddress | null): void {
    const at = this.open.indexOf(claim);
    if (at >= 0) this.open.splice(at, 1);
    claim.timer.stop();
    claim.done(rival);
  }
}
