import { Host, IpAddress, type Override, PacketPool, Scope, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import {
  Arp,
  DEFAULT_TCP_SETTINGS,
  Ethernet,
  Icmp,
  Ipv4,
  Tcp,
  type TcpSettings,
  tcpDefaults,
  Udp,
} from '@netwright/layers';
import type { CongestionChoices } from '../profile/congestion.js';
import type { Profile } from '../profile/profile.js';
import { DrillDevice } from './device.js';
import { GATEWAY_MAC, STACK_MAC } from './frame.js';

/** Addresses and ports that a script takes for granted. */
export interface Addresses {
  readonly local: IpAddress;
  readonly remote: IpAddress;
  /** What `bind(…, …)` binds to and `connect(…, …)` connects to. */
  readonly bindPort: number;
  readonly connectPort: number;
  readonly mtu: number;
}

/** What the stack of a script is made of. */
export interface EnvironmentOptions {
  readonly profile: Profile;
  readonly addresses: Addresses;
  readonly settings: Partial<TcpSettings>;
  readonly overrides: readonly Override[];
  /** For sockets that choose another congestion control. */
  readonly congestion: CongestionChoices;
}

/** One for all scripts, which run one after the other. */
let packets: PacketPool | null = null;

/** One real stack, made by hand, on a virtual clock; what it sends goes into the device, and nowhere else. */
export class Environment {
  readonly clock = new VirtualClock();
  readonly device: DrillDevice;
  readonly host: Host;
  readonly tcp: Tcp;
  readonly udp: Udp;
  private readonly stack: Stack;

  constructor(readonly options: EnvironmentOptions) {
    const { addresses, profile } = options;
    packets ??= new PacketPool({ small: 4096, large: 64 });
    this.device = new DrillDevice(this.clock, addresses.mtu);
    this.host = Host.create({ name: 'drill', clock: this.clock, pool: packets, random: new SeededRandom('drill') });
    const interfaceAddress = `${addresses.local}/32`;
    const link = this.host.attach(this.device, { mac: STACK_MAC, addresses: [interfaceAddress] });
    const ethernet = new Ethernet(this.host);
    const arp = new Arp(this.host);
    const ipv4 = new Ipv4(this.host, { routes: [{ to: '0.0.0.0/0', interface: link.name }] });
    const icmp = new Icmp(this.host);
    const settings = { ...DEFAULT_TCP_SETTINGS, ...profile.settings, ...options.settings };
    const scope = Scope.byHand(this.host, [tcpDefaults], options.overrides);
    this.tcp = new Tcp(this.host, settings, scope);
    this.udp = new Udp(this.host);
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(icmp).registerLayer(this.tcp).registerLayer(this.udp);
    this.stack = new Stack(this.host, [ethernet, arp, ipv4, icmp, this.tcp, this.udp]);
    this.introduce = (address) => arp.set(address, GATEWAY_MAC, link);
  }

  /** Makes an address known on the link, so that the script sees no ARP. */
  readonly introduce: (address: IpAddress) => void;

  async start(): Promise<this> {
    await this.stack.start();
    this.introduce(this.options.addresses.remote);
    return this;
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }
}

/** 192.168.0.1:8080, and 192.0.2.1 for everybody else. */
export const DEFAULT_ADDRESSES: Addresses = {
  local: IpAddress.parse('192.168.0.1') as IpAddress,
  remote: IpAddress.parse('192.0.2.1') as IpAddress,
  bindPort: 8080,
  connectPort: 8080,
  mtu: 1500,
};
