/**
 * A program for the live tests of IPv6: a stack on a capture device, in the network namespace that it is started in. It
 * prints 'ready', then one line of JSON for each thing it has done; it stops on SIGTERM.
 *
 * Argument: JSON of {@link Task6}.
 */
import { createHash } from 'node:crypto';
import { SeededRandom } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';
import { buildStack, Icmpv6, type PingResult, shippedPlugins, Tcp } from 'netwright';

/** What the program is to do. */
export interface Task6 {
  /** 'fd77::9/64' */
  readonly address: string;
  /** Serves so many bytes of seeded chance by HTTP/1.0 on port 80, until it is stopped. */
  readonly serve?: number;
  /** Fetches by HTTP/1.0, and ends. */
  readonly fetch?: { readonly address: string; readonly port: number; readonly path: string };
  /** Pings, and ends. */
  readonly ping?: { readonly address: string; readonly sizes: readonly number[] };
}

const task = JSON.parse(process.argv[2]) as Task6;
const device = new CaptureDevice({ interface: 'veth0', warn: (message) => console.error(message) });
const manifest = { address: task.address, layers: ['ethernet', 'ndp', 'ipv6', 'icmpv6', 'tcp'] };
const stack = await buildStack(manifest, { plugins: shippedPlugins, device });
const tcp = stack.layer(Tcp) as Tcp;
await stack.start();
if (task.serve !== undefined) serve(task.serve);
if (task.fetch !== undefined) fetch(task.fetch);
if (task.ping !== undefined) void ping(task.ping);
process.once('SIGTERM', stop);
console.log('ready');

async function stop(): Promise<void> {
  await stack.stop();
  report({ what: 'stopped', packetsInUse: stack.host.pool.inUse });
}

function report(line: Record<string, unknown>): void {
  console.log(JSON.stringify(line));
}

async function ping({ address, sizes }: NonNullable<Task6['ping']>): Promise<void> {
  const icmpv6 = stack.layer(Icmpv6) as Icmpv6;
  const results: PingResult[] = [];
  for (const size of sizes) results.push(await icmpv6.ping(address, { size, timeout: 3000 }));
  report({ what: 'pinged', sizes: results.map((each) => (each.ok ? each.size : each.why)) });
  await stop();
}

function serve(bytes: number): void {
  const body = new Uint8Array(bytes);
  new SeededRandom(7).fill(body);
  const head = new TextEncoder().encode(`HTTP/1.0 200 OK\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`);
  report({ what: 'serving', sha256: createHash('sha256').update(body).digest('hex') });
  tcp.listen({
    port: 80,
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

function fetch({ address, port, path }: NonNullable<Task6['fetch']>): void {
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
    const rest = Buffer.from(head.slice(end + 4), 'latin1');
    bytes = rest.length;
    hash.update(rest);
  };
  tcp.connect({
    address,
    port,
    handler: {
      established: (session) => session.write(new TextEncoder().encode(`GET ${path} HTTP/1.0\r\n\r\n`)),
      data: take,
      end: (session) => session.close(),
      closed: (_, error) => {
        report({ what: 'fetched', bytes, sha256: hash.digest('hex'), error: error?.code ?? null });
        // Its last segments are still to leave.
        setTimeout(() => void stop(), 50);
      },
    },
  });
}
