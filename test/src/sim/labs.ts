import { fileURLToPath } from 'node:url';

/** Two hosts that talk over a bad cable, briefly. `more` is YAML for `defaults`, `plugins` for the top. */
export function pair(more = '', plugins = ''): string {
  return `${plugins}sim: { seed: 1, stop_time: 5min }
pool: { small: 512, large: 0 }
defaults:
  layers: [ethernet, { use: arp, attempts: 20 }, ipv4, icmp, { use: tcp, receiveBuffer: 8192 }]
${more}topology:
  nodes:
    left: { address: 10.0.0.1/24, apps: [{ use: exchange, bytes: 12KiB }] }
    right: { address: 10.0.0.2/24, apps: [{ use: exchange, bytes: 12KiB, peers: [10.0.0.1], stall: { share: 50% } }] }
  links:
    - endpoints: [left, right]
      latency: 5ms
      loss: 2%
      reorder: 5%
      duplicate: 2%
      corrupt: 1%
      down: [{ at: 500ms, for: 300ms }]
`;
}

const layers = import.meta.resolve('@netwright/layers');
const inversify = import.meta.resolve('inversify');

/** A plugin whose sessions take one byte for another where data comes out of order. */
export const FLIPS_A_BYTE = `
import { TCP_SESSION, TcpSession } from '${layers}';
import { injectable, injectFromBase } from '${inversify}';

class Flipping extends TcpSession {
  takeText(segment) {
    if (segment.length > 100 && ((segment.seq - this.receiver.rcvNxt) | 0) > 0) segment.packet.bytes[segment.payloadAt + 50] ^= 1;
    super.takeText(segment);
  }
}
injectable()(Flipping);
injectFromBase({ extendConstructorArguments: true })(Flipping);

export const plugin = {
  name: 'flipping',
  version: '1.0.0',
  implementations: [
    { name: 'session.flipping', token: TCP_SESSION, summary: 'flips a bit', provide: () => ({ class: Flipping }) },
  ],
};
`;

/** A plugin with an application that ends the thread which starts it, once; \`file\` remembers that it has. */
export function diesOnce(file: string): string {
  return `
import { existsSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
export const plugin = {
  name: 'dies-once',
  version: '1.0.0',
  implementations: [{
    name: 'dies-once',
    token: Symbol.for('netwright:application'),
    summary: 'ends its thread',
    provide: () => ({ value: ({ stack }) => ({
      start() {
        if (isMainThread || stack.host.random.uint32() % 5 !== 0 || existsSync('${file}')) return;
        writeFileSync('${file}', '');
        process.exit(1);
      },
    }) }),
  }],
};
`;
}

/** A manifest of the examples. */
export function example(name: string): string {
  return fileURLToPath(new URL(`../../../examples/manifests/${name}`, import.meta.url));
}
