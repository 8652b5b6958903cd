import type http from 'node:http';
import { Host, type Override, PacketPool, Scope, SeededRandom, Stack } from '@netwright/core';
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
import { Cable } from '@netwright/plugins';
import { ScenarioClock, type ScenarioClockOptions } from './clock.js';
import { Conduct } from './conduct.js';
import { Peer } from './peer.js';
import { rebound } from './policies.js';
import { agentOver, netOver, type OpenThings, type ScenarioNet } from './program-net.js';

/** What a scenario may be told. */
export interface ScenarioOptions extends ScenarioClockOptions {
  /** What chance draws from: the same seed gives the same losses, sequence numbers and garbage. */
  seed?: number | string;
  /** Numbers of the program's TCP: how often it tries again, how large its buffers are. */
  tcp?: Partial<TcpSettings>;
}

/** A program's network with a peer on it that misbehaves on cue; nothing of it is on the host's network. */
export class Scenario {
  /** `node:net` for the program, with nobody but the peer to talk to. */
  readonly net: ScenarioNet;
  /** For `http.request({ agent, … })`: connections of the program's stack. */
  readonly agent: http.Agent;
  readonly peer: Peer;
  /** `node:net` on the peer's side, for whole servers there: whatever runs on it misbehaves with the peer. */
  readonly peerNet: ScenarioNet;
  readonly clock: ScenarioClock;
  /** The program's address. */
  readonly address = '10.0.0.1';

  private readonly open: OpenThings = new Set();

  /** @internal */
  constructor(
    clock: ScenarioClock,
    peer: Peer,
    private readonly stacks: readonly [program: Stack, peer: Stack],
  ) {
    this.clock = clock;
    this.peer = peer;
    [this.net, this.peerNet] = stacks.map((each) => netOver(each, this.open)) as [ScenarioNet, ScenarioNet];
    this.agent = agentOver(this.net);
  }

  /**
   * Ends it: what the program has left open is closed, quietly, and both stacks stop. Call it when the test is over; it
   * may be taken out of the scenario.
   */
  readonly end = async (): Promise<void> => {
    this.agent.destroy();
    for (const each of this.open) {
      if ('destroy' in each) each.destroy();
      else each.close();
    }
    for (const each of this.stacks) await each.stop();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

/** Packets of both stacks: a window of a MiB either way. */
const POOL = { small: 2048, large: 16 };

/**
 * Makes a program's network and the peer on it: `const { net, peer, clock, end } = await scenario()`. The program
 * connects to `peer.address`, or listens and is called by `peer.connect(port)`.
 */
export async function scenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const clock = new ScenarioClock(options);
  const random = new SeededRandom(options.seed ?? 1);
  const pool = new PacketPool(POOL);
  const cable = new Cable({ clock, random: random.fork('cable'), name: 'scenario' });
  const conduct = new Conduct(random.fork('garbage'));
  const station = async (name: string, address: string, tcp: Partial<TcpSettings>, overrides: readonly Override[]) => {
    const host = Host.create({ name, clock, random: random.fork(name), pool });
    host.attach(cable.attach(name, pool), { addresses: [`${address}/24`] });
    const [ethernet, arp, ipv4, icmp] = [new Ethernet(host), new Arp(host), new Ipv4(host), new Icmp(host)];
    const transport = new Tcp(host, { ...DEFAULT_TCP_SETTINGS, ...tcp }, Scope.byHand(host, [tcpDefaults], overrides));
    const udp = new Udp(host);
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    for (const upper of [icmp, udp, transport]) ipv4.registerLayer(upper);
    const stack = await new Stack(host, [ethernet, arp, ipv4, icmp, udp, transport]).start();
    return { host, stack, tcp: transport };
  };
  const program = await station('program', '10.0.0.1', options.tcp ?? {}, []);
  const other = await station('peer', '10.0.0.2', {}, rebound(conduct));
  const peer = new Peer({ ...other, cable, conduct, address: '10.0.0.2', program: '10.0.0.1' });
  return new Scenario(clock, peer, [program.stack, other.stack]);
}
