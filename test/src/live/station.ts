/**
 * A program for the live tests: a stack on a capture device, in the network namespace that it is started in. It prints
 * 'ready', then one line of JSON for each thing it has done; it stops on SIGTERM.
 *
 * Argument: JSON of {@link Task}.
 */
import { createHash } from 'node:crypto';
import { Host, IpAddress, SeededRandom, Stack } from '@netwright/core';
import { Arp, Ethernet, Icmp, Ipv4, Tcp, type TcpSession, Udp } from '@netwright/layers';
import { CaptureDevice, type CaptureOptions, Guard } from '@netwright/plugins';

/** What the program is to do. */
export interface Task {
  /** '10.77.0.9/24' */
  readonly address: string;
  readonly capture: Omit<CaptureOptions, 'interface'>;
  readonly guard?: { readonly ephemeral?: [number, number] };
  /** Serves so many bytes of seeded chance by HTTP/1.0, until it is stopped. */
  readonly serve?: { readonly port: number; readonly bytes: number };
  /** Resets each connection to this port as soon as it is established. */
  readonly refuse?: number;
  /** Sends datagrams to this port back. */
  readonly echo?: number;
  /** Fetches by HTTP/1.0, and ends. */
  readonly fetch?: {
    readonly address: string;
    readonly port: number;
    readonly path: string;
    readonly localPort?: number;
  };
}

const task = JSON.parse(process.argv[2]) as Task;
const host = Host.create({ name: 'station' });
const device = new CaptureDevice({ interface: 'veth0', warn: (message) => console.error(message), ...task.capture });
host.attach(device, { addresses: [task.address] });
const [ethernet, arp, ipv4] = [new Ethernet(host), new Arp(host), new Ipv4(host)];
const [icmp, udp, tcp] = [new Icmp(host), new Udp(host), new Tcp(host)];
ethernet.registerLayer(arp).registerLayer(ipv4);
arp.registerLayer(ipv4);
ipv4.registerLayer(icmp).registerLayer(udp).registerLayer(tcp);
const stack = new Stack(host, [ethernet, arp, ipv4, icmp, udp, tcp]);

if (task.guard !== undefined) {
  const own = IpAddress.parse(task.address.split('/')[0]) as IpAddress;
  const guard = await Guard.open({ addresses: [own], ...task.guard });
  for (const layer of [udp, tcp]) layer.observers.add(guard);
  stack.events.once('stopped', () => guard.close());
}
await stack.start();
if (task.serve !== undefined) serve(task.serve.port, task.serve.bytes);
if (task.refuse !== undefined) tcp.listen({ port: task.refuse, onConnection: (session) => abort(session) });
if (task.echo !== undefined) echo(task.echo);
if (task.fetch !== undefined) fetch(task.fetch);
process.once('SIGTERM', stop);
console.log('ready');

async function stop(): Promise<void> {
  await stack.stop();
  report({ what: 'stopped', device: device.counters, tcp: tcp.counters, packetsInUse: host.pool.inUse });
}

function report(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}

function abort(session: TcpSession): undefined {
  session.abort();
}

function echo(port: number): void {
  const socket = udp.open({ port });
  socket.onMessage = (data, from) => socket.send(data.slice(), from.port, from.address, from.to);
}

function serve(port: number, bytes: number): void {
  const body = new Uint8Array(bytes);
  new SeededRandom(7).fill(body);
  const head = new TextEncoder().encode(`HTTP/1.0 200 OK\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`);
  report({ what: 'serving', sha256: createHash('sha256').update(body).digest('hex') });
  tcp.listen({
    port,
    onConnection(session) {
      const parts = [head, body];
      let request = '';
      let at = 0;
      const send = () => {
        while (parts.length > 0) {
          at += session.write(parts[0], at);
          if (at < parts[0].length) return;
          parts.shift();
          at = 0;
        }
        session.shutdown();
      };
      return {
        data(chunk) {
          request += new TextDecoder().decode(chunk);
          if (request.includes('\r\n\r\n')) send();
        },
        writable: send,
        closed: (_, error) => report({ what: 'served', error: error?.code ?? null }),
      };
    },
  });
}

function fetch({ address, port, path, localPort }: NonNullable<Task['fetch']>): void {
  const hash = createHash('sha256');
  let head = '';
  let bytes = 0;
  let headless = false;
  const take = (chunk: Uint8Array) => {
    if (headless) {
      bytes += chunk.length;
      hash.update(chunk);
      return;
    }
    head += Buffer.from(chunk).toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    headless = true;
    take(Buffer.from(head.slice(end + 4), 'latin1'));
  };
  tcp.connect({
    address,
    port,
    ...(localPort === undefined ? {} : { localPort }),
    handler: {
      established: (session) => {
        session.write(new TextEncoder().encode(`GET ${path} HTTP/1.0\r\nHost: ${address}\r\n\r\n`));
      },
      data: take,
      end: (session: TcpSession) => session.close(),
      closed: (_, error) => {
        report({ what: 'fetched', bytes, sha256: hash.digest('hex'), error: error?.code ?? null });
        void stop();
      },
    },
  });
}
