/**
 * A program: our stack, on a capture device, sends on one connection for as long as it lasts. On SIGTERM it prints what
 * it says of the connection, as JSON. Argument: JSON of {@link SenderTask}.
 */
import { Host, PacketPool, Scope, Stack } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp, type TcpSession, TcpSettingsSchema, tcpDefaults } from '@netwright/layers';
import { CaptureDevice } from '@netwright/plugins';
import { ADDRESS, Network } from '../kernel/network.js';
import { CONGESTION } from './congestion.js';

/** What a sender is to do. */
export interface SenderTask {
  readonly address: string;
  readonly port: number;
  readonly congestion: string;
}

const BUFFER_MAX = 64 << 20;

const task = JSON.parse(process.argv[2]) as SenderTask;
const host = Host.create({ name: 'sender', pool: new PacketPool({ small: 32768, large: 8 }) });
const device = new CaptureDevice({ ...Network.capture, offloads: 'keep', warn: (message) => console.error(message) });
host.attach(device, { addresses: [`${ADDRESS.stack}/24`] });
const settings = TcpSettingsSchema.parse({ sendBufferMax: BUFFER_MAX });
const [ethernet, arp, ipv4] = [new Ethernet(host), new Arp(host), new Ipv4(host)];
const tcp = new Tcp(host, settings, Scope.byHand(host, [tcpDefaults], [CONGESTION[task.congestion]]));
ethernet.registerLayer(arp).registerLayer(ipv4);
arp.registerLayer(ipv4);
ipv4.registerLayer(tcp);
const stack = new Stack(host, [ethernet, arp, ipv4, tcp]);
await stack.start();

const chunk = new Uint8Array(1 << 16);
const pump = (session: TcpSession) => {
  while (session.write(chunk) === chunk.length);
};
const session = tcp.connect({
  address: task.address,
  port: task.port,
  handler: { established: pump, writable: pump },
});
process.once('SIGTERM', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ info: session.info(), device: device.counters, cpu: (user + system) / 1e6 }));
  process.exit(0);
});
