import {
  Host,
  IpAddress,
  type Layer,
  type Override,
  override,
  PacketPool,
  Scope,
  SeededRandom,
  Stack,
  VirtualClock,
} from '@netwright/core';
import {
  Arp,
  type CongestionChoices,
  DEFAULT_TCP_SETTINGS,
  Ethernet,
  type FreebsdRules,
  Icmp,
  Icmpv6,
  Ipv4,
  Ipv6,
  Md5Authentication,
  Ndp,
  TCP_AUTHENTICATION,
  TCP_FASTOPEN,
  Tcp,
  type TcpSettings,
  tcpDefaults,
  Udp,
} from '@netwright/layers';
import type { Profile } from '../profile/profile.js';
import { type FastOpenChoices, OpeningRules } from '../socket/opening.js';
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
  /** The family of the script's sockets: 6 with an IPv4 address means mapped addresses. */
  readonly sockets: 4 | 6;
}

/** What the stack of a script is made of. */
export interface EnvironmentOptions {
  readonly profile: Profile;
  readonly addresses: Addresses;
  readonly settings: Partial<TcpSettings>;
  readonly overrides: readonly Override[];
  /** What the script's first commands say of opening connections. */
  readonly sysctls?: ReadonlyMap<string, string>;
  /** What sessions of the profile `freebsd` go by, and sysctls may change. */
  readonly rules?: FreebsdRules;
  /** For sockets that choose another congestion control. */
  readonly congestion: CongestionChoices;
}

const NOTHING_CHOSEN: FastOpenChoices = { keys: null, withoutCookie: false };

/** One for all scripts, which run one after the other. */
let packets: PacketPool | null = null;

/** One real stack, made by hand, on a virtual clock; what it sends goes into the device, and nowhere else. */
export class Environment {
  readonly clock = new VirtualClock();
  readonly device: DrillDevice;
  readonly host: Host;
  readonly tcp: Tcp;
  readonly udp: Udp;
  readonly opening: OpeningRules;
  /** Keys of peers that sign, by TCP_MD5SIG. */
  readonly signatures: Md5Authentication;
  /** Sysctls of the script, as they are. */
  readonly sysctls: Map<string, string>;
  /** What sysctls that were changed while the script runs choose for the connections to come. */
  late: readonly Override[] = [];
  private readonly stack: Stack;

  constructor(readonly options: EnvironmentOptions) {
    const { addresses, profile } = options;
    packets ??= new PacketPool({ small: 4096, large: 64 });
    this.device = new DrillDevice(this.clock, addresses.mtu);
    this.host = Host.create({ name: 'drill', clock: this.clock, pool: packets, random: new SeededRandom('drill') });
    const six = addresses.local.version === 6;
    const interfaceAddress = `${addresses.local}/${six ? 128 : 32}`;
    const link = this.host.attach(this.device, { mac: STACK_MAC, addresses: [interfaceAddress] });
    const ethernet = new Ethernet(this.host);
    const settings = { ...DEFAULT_TCP_SETTINGS, ...profile.settings, ...options.settings };
    this.sysctls = new Map(options.sysctls);
    this.opening = new OpeningRules(this.host, profile.name);
    for (const [name, value] of options.sysctls ?? []) this.opening.set(name, value);
    const fastOpen = override(TCP_FASTOPEN, { value: this.opening.fastOpen(NOTHING_CHOSEN) });
    this.signatures = new Md5Authentication(profile.name === 'linux');
    const signatures = override(TCP_AUTHENTICATION, { value: this.signatures });
    const scope = Scope.byHand(this.host, [tcpDefaults], [...options.overrides, fastOpen, signatures]);
    this.tcp = new Tcp(this.host, settings, scope);
    this.udp = new Udp(this.host);
    const [finder, ip, icmp] = six ? this.ipv6(link.name) : this.ipv4(link.name);
    ethernet.registerLayer(finder).registerLayer(ip);
    finder.registerLayer(ip);
    ip.registerLayer(icmp).registerLayer(this.tcp).registerLayer(this.udp);
    this.stack = new Stack(this.host, [ethernet, finder, ip, icmp, this.tcp, this.udp]);
    this.introduce = (address) => finder.set(address, GATEWAY_MAC, link);
  }

  private ipv4(link: string): [Arp, Layer, Layer] {
    return [
      new Arp(this.host),
      new Ipv4(this.host, { routes: [{ to: '0.0.0.0/0', interface: link }] }),
      new Icmp(this.host),
    ];
  }

  /** Nothing but the script speaks: no questions for others who have the address, no other address. */
  private ipv6(link: string): [Ndp, Layer, Layer] {
    const routes = [{ to: '::/0', interface: link }];
    return [
      new Ndp(this.host, { duplicates: 0 }),
      new Ipv6(this.host, { routes, linkLocal: false }),
      new Icmpv6(this.host),
    ];
  }

  /** Makes an address known on the link, so that the script sees nobody ask for it. */
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
  sockets: 4,
};

/** The same of IPv6; the MTU is 20 bytes larger, so that scripts see the same MSS. */
export const DEFAULT_ADDRESSES_6: Addresses = {
  local: IpAddress.parse('fd3d:a0b:17d6::1') as IpAddress,
  remote: IpAddress.parse('fd3d:fa7b:d17d::1') as IpAddress,
  bindPort: 8080,
  connectPort: 8080,
  mtu: 1520,
  sockets: 6,
};
