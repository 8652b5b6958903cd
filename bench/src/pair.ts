import { Host, PacketPool, SeededRandom, Stack, SystemClock } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp } from '@netwright/layers';
import { Cable } from '@netwright/plugins';

/** One of two hosts on a cable. */
export interface End {
  readonly address: string;
  readonly tcp: Tcp;
  readonly stack: Stack;
}

/** Two stacks joined frame by frame: Ethernet, ARP, IPv4, TCP, MTU 1500, checksums generated and verified. */
export async function startPair(shared: boolean): Promise<[End, End]> {
  const clock = new SystemClock();
  const random = new SeededRandom('bench');
  const pool = new PacketPool();
  const cable = new Cable({ clock, random });
  const ends: End[] = [];
  for (const [name, address] of [
    ['a', '10.0.0.1'],
    ['b', '10.0.0.2'],
  ]) {
    const own = shared ? pool : new PacketPool();
    const host = Host.create({ name, clock, random: random.fork(name), pool: own });
    host.attach(cable.attach(name, own), { addresses: [`${address}/24`] });
    const ethernet = new Ethernet(host);
    const arp = new Arp(host);
    const ipv4 = new Ipv4(host);
    const tcp = new Tcp(host);
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(tcp);
    const stack = new Stack(host, [ethernet, arp, ipv4, tcp]);
    await stack.start();
    ends.push({ address, tcp, stack });
  }
  return ends as [End, End];
}
