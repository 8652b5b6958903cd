import { Host, PacketPool, Scope, SeededRandom, Stack, VirtualClock } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp, type TcpSession, TcpSettingsSchema, tcpDefaults } from '@netwright/layers';
import { Cable } from '@netwright/plugins';
import type { Cell, Run } from './cell.js';
import { CONGESTION } from './congestion.js';

const BUFFER_MAX = 64 << 20;

/**
 * The same cell with two stacks of ours in virtual time: what our sender does where no machine is in its way. The same
 * figure on any machine; the path must have a rate where congestion control does not heed loss.
 */
export async function simulate(cell: Cell, seed: number, seconds: number, queue: number): Promise<Run> {
  const clock = new VirtualClock();
  const pool = new PacketPool({ small: 32768, large: 8 });
  const random = new SeededRandom(`kernel path ${seed}`);
  const latency = cell.rtt / 2;
  const toRight = { latency, loss: cell.loss / 100, rate: cell.rate, queue: { bytes: queue } };
  const cable = new Cable({ latency, from: { left: toRight }, clock, random: random.fork('cable') });
  const settings = TcpSettingsSchema.parse({ sendBufferMax: BUFFER_MAX, receiveBufferMax: BUFFER_MAX });
  const [left, right] = ['left', 'right'].map((name, i) => {
    const host = Host.create({ name, clock, random: random.fork(name), pool });
    host.attach(cable.attach(name, pool), { addresses: [`10.0.0.${i + 1}/24`] });
    const [ethernet, arp, ipv4] = [new Ethernet(host), new Arp(host), new Ipv4(host)];
    const tcp = new Tcp(host, settings, Scope.byHand(host, [tcpDefaults], [CONGESTION[cell.congestion]]));
    ethernet.registerLayer(arp).registerLayer(ipv4);
    arp.registerLayer(ipv4);
    ipv4.registerLayer(tcp);
    return { tcp, stack: new Stack(host, [ethernet, arp, ipv4, tcp]) };
  });
  await left.stack.start();
  await right.stack.start();
  let bytes = 0;
  let began = Number.NaN;
  const data = (view: Uint8Array) => {
    if (Number.isNaN(began)) began = clock.now();
    bytes += view.length;
  };
  right.tcp.listen({ port: 7000, onConnection: () => ({ data }) });
  const chunk = new Uint8Array(1 << 16);
  const pump = (session: TcpSession) => {
    while (session.write(chunk) === chunk.length);
  };
  left.tcp.connect({ address: '10.0.0.2', port: 7000, handler: { established: pump, writable: pump } });
  while (!(clock.now() >= began + seconds * 1000)) if (!clock.step()) throw new Error('nothing happens any more');
  const goodput = (bytes * 8) / (clock.now() - began) / 1000;
  return { ...cell, sender: 'virtual', seed, seconds, goodput, tooSlow: 0, relayCpu: 0 };
}
