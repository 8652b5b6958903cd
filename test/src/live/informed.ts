/**
 * A program for the live tests: a stack on a capture device with faults in front of it. One connection comes to port 7000;
 * both ends send as much, and keep it open. When all of it has arrived it prints what the session says of itself.
 *
 * Argument: JSON of {@link InformedTask}.
 */
import { Host, SeededRandom, Stack, SystemClock } from '@netwright/core';
import { Arp, Ethernet, Ipv4, Tcp, type TcpInfo, type TcpSession } from '@netwright/layers';
import { CaptureDevice, FaultDevice, type ImpairmentCounters, type ImpairmentOptions } from '@netwright/plugins';

export interface InformedTask {
  readonly address: string;
  readonly bytes: number;
  readonly seed: string;
  readonly out: ImpairmentOptions;
  readonly in: ImpairmentOptions;
}

export interface Informed {
  readonly info: TcpInfo;
  readonly faults: { readonly out: ImpairmentCounters; readonly in: ImpairmentCounters };
}

/** ms without anything to send or receive after which nothing is under way any more. */
const QUIET = 400;

const task = JSON.parse(process.argv[2]) as InformedTask;
const host = Host.create({ name: 'informed' });
const capture = new CaptureDevice({ interface: 'veth0', warn: (message) => console.error(message) });
const random = new SeededRandom(task.seed);
const device = new FaultDevice(capture, { clock: new SystemClock(), random, out: task.out, in: task.in });
host.attach(device, { addresses: [task.address] });
const [ethernet, arp, ipv4, tcp] = [new Ethernet(host), new Arp(host, { attempts: 20 }), new Ipv4(host), new Tcp(host)];
ethernet.registerLayer(arp).registerLayer(ipv4);
arp.registerLayer(ipv4);
ipv4.registerLayer(tcp);
const stack = new Stack(host, [ethernet, arp, ipv4, tcp]);
await stack.start();

let received = 0;
let written = 0;
tcp.listen({ port: 7000, onConnection: () => ({ established: pump, writable: pump, data: take }) });
console.log('ready');
process.once('SIGTERM', () => stack.stop());

function pump(session: TcpSession): void {
  const bytes = new Uint8Array(task.bytes);
  while (written < bytes.length) {
    const taken = session.write(bytes, written);
    if (taken === 0) return;
    written += taken;
  }
  look(session);
}

function take(bytes: Uint8Array, session: TcpSession): void {
  received += bytes.length;
  if (received === task.bytes) look(session);
}

function look(session: TcpSession): void {
  const info = session.info();
  const open = received < task.bytes || written < task.bytes || info.unacked > 0 || info.notsent_bytes > 0;
  if (open || Math.min(info.last_data_sent, info.last_data_recv, info.last_ack_recv) < QUIET) {
    if (received === task.bytes && written === task.bytes) setTimeout(() => look(session), 50);
    return;
  }
  const informed: Informed = { info, faults: device.counters };
  console.log(JSON.stringify(informed));
}
