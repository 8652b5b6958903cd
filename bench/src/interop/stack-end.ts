/**
 * A program: our stack's end of all transfers, on a capture device. Prints 'ready', opens its own on SIGUSR2, prints a line of JSON for each transfer that
 * is over, and when all are what is left. Argument: JSON of {@link EndTask}.
 */
import { Host, override, PacketPool, Scope, Stack } from '@netwright/core';
import {
  Arp,
  Ethernet,
  Ipv4,
  TCP_TIMEWAIT,
  Tcp,
  type TcpHandler,
  type TcpSession,
  TcpSettingsSchema,
  TwoMsl,
  tcpDefaults,
} from '@netwright/layers';
import { CaptureDevice } from '@netwright/plugins';
import { ADDRESS, Network } from '../kernel/network.js';
import { atOnce, End, type Socket } from './end.js';
import type { EndTask } from './kernel-end.js';
import { type Outcome, transfersOf } from './transfer.js';

/** What is left of all transfers. */
export interface Left {
  readonly connections: number;
  readonly packets: number;
  readonly waitedFor: number;
  readonly device: Readonly<Record<string, number>>;
}

/** ms: what is over is not remembered for long, so that one can see that nothing stays. */
const TIME_WAIT = 2000;
/** ms between looks, and at most in all. */
const LOOK = 100;
const PATIENCE = 20_000;

const { plan, concurrent, port, peer } = JSON.parse(process.argv[2]) as EndTask;
const transfers = transfersOf(plan);
let left = transfers.length;

const host = Host.create({ name: 'stack', pool: new PacketPool({ small: 16384, large: 8 }) });
const device = new CaptureDevice({ ...Network.capture, offloads: 'keep', warn: (message) => console.error(message) });
host.attach(device, { addresses: [`${ADDRESS.stack}/24`] });
const [ethernet, arp, ipv4] = [new Ethernet(host), new Arp(host), new Ipv4(host)];
const timeWait = override(TCP_TIMEWAIT, { value: new TwoMsl(TIME_WAIT) });
const scope = Scope.byHand(host, [tcpDefaults], [timeWait]);
const tcp = new Tcp(host, TcpSettingsSchema.parse({}), scope);
ethernet.registerLayer(arp).registerLayer(ipv4);
arp.registerLayer(ipv4);
ipv4.registerLayer(tcp);
const stack = new Stack(host, [ethernet, arp, ipv4, tcp]);
await stack.start();
tcp.listen({ port, backlog: 4096, onConnection: (session) => serve(session, () => {}).handler });
const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
console.log('ready');
await told;

const own = transfers.filter(({ opener }) => opener === 'stack');
await atOnce(concurrent, own, (transfer) => {
  return new Promise<void>((over) => {
    const session = tcp.connect({ address: peer.address, port: peer.port });
    const { end, handler } = serve(session, over);
    session.handler = { ...handler, established: () => end.open(transfer) };
  });
});

function serve(session: TcpSession, over: () => void): { end: End; handler: TcpHandler } {
  const end = new End('stack', transfers, plan.seed, adapt(session), (outcome: Outcome) => {
    console.log(JSON.stringify(outcome));
    over();
    if (--left === 0) void conclude();
  });
  const handler: TcpHandler = {
    data: (bytes) => end.data(bytes),
    writable: () => end.writable(),
    end: () => end.end(),
    closed(_, error) {
      if (error !== null) end.failed(error.code);
      end.closed();
    },
  };
  return { end, handler };
}

function adapt(session: TcpSession): Socket {
  return {
    write: (bytes, at) => session.write(bytes, at),
    end: () => session.shutdown(),
    reset: () => session.abort(),
  };
}

/** Waits until every connection is forgotten. */
async function conclude(): Promise<void> {
  let waitedFor = 0;
  for (; waitedFor < PATIENCE && (tcp.connections > 0 || host.pool.inUse > 1); waitedFor += LOOK)
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  const { connections } = tcp;
  await stack.stop();
  const result: Left = { connections, packets: host.pool.inUse, waitedFor, device: device.counters };
  console.log(JSON.stringify(result));
  process.exit(0);
}
