import { Host, override, PacketPool, Scope, Stack } from '@netwright/core';
import {
  DEFAULT_TCP_SETTINGS,
  FixedCongestionWindow,
  Icmp,
  Icmpv6,
  Ipv4,
  Ipv6,
  TCP_CONGESTION,
  TCP_TIMEWAIT,
  Tcp,
  TwoMsl,
  tcpDefaults,
  Udp,
} from '@netwright/layers';
import { ProgramClock } from '../clock.js';
import type { Beat } from '../preload/beat.js';
import type { Rounds } from '../rounds.js';

/** bytes: as large as a packet of IPv4 can be, as the loopback interface of Linux has it. */
const MTU = 65535;
/** bytes: there is no queue on the way, and nothing is lost in it. What may be in flight is for the receiver to say. */
const WINDOW = 2 ** 30;
/**
 * ms: how long the end of a connection is remembered. No segment grows old in memory (RFC 9293 section 3.4.2 takes an MSL of
 * two minutes), and what is remembered is the program's memory, not the kernel's.
 */
const TIME_WAIT = 1000;
/** Slots are touched when they are used: 32 MiB of small packets and 32 MiB of large ones at most. */
const POOL = { small: 16384, large: 512 };

/**
 * The stack under a program that names no other: it owns 127.0.0.0/8 and ::1, talks to itself alone, in memory and in real
 * time, and needs no rights. It has started when the call returns.
 */
export function loopbackStack(rounds: Rounds, beats?: Beat[]): Stack {
  const host = Host.create({ name: 'loopback', clock: new ProgramClock(rounds, beats), pool: new PacketPool(POOL) });
  const ipv4 = new Ipv4(host, { localMtu: MTU });
  const icmp = new Icmp(host);
  const ipv6 = new Ipv6(host, { localMtu: MTU });
  const icmpv6 = new Icmpv6(host);
  // The ports that Linux chooses from: programs that name a port of their own choose a lower one.
  const udp = new Udp(host, { firstPort: 32768, lastPort: 60999 });
  // Acknowledgements are there at once on such a link: waiting for one to send a small segment would gain nothing.
  const scope = Scope.byHand(
    host,
    [tcpDefaults],
    [
      override(TCP_CONGESTION, { make: () => new FixedCongestionWindow(WINDOW) }),
      override(TCP_TIMEWAIT, { value: new TwoMsl(TIME_WAIT) }),
    ],
  );
  const tcp = new Tcp(host, { ...DEFAULT_TCP_SETTINGS, noDelay: true }, scope);
  for (const upper of [icmp, udp, tcp]) ipv4.registerLayer(upper);
  for (const upper of [icmpv6, udp, tcp]) ipv6.registerLayer(upper);
  const stack = new Stack(host, [ipv4, ipv6, icmp, icmpv6, udp, tcp]);
  void stack.start();
  return stack;
}
