// Echo requests over a link with a delay: round trips, one that takes fragments, one to an address that nobody has.
import { buildLab, Icmp, type PingResult, shippedPlugins } from 'netwright';

const lab = await buildLab(
  {
    sim: { seed: 1 },
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp'] },
    topology: {
      nodes: { a: { address: '10.0.0.1/24' }, b: { address: '10.0.0.2/24' } },
      links: [{ endpoints: ['a', 'b'], latency: '12ms' }],
    },
  },
  { plugins: shippedPlugins },
);
await lab.start();
const icmp = lab.nodes.get('a')?.layer(Icmp) as Icmp;

function print(result: PingResult): void {
  if (!result.ok) console.log(`seq ${result.sequence}: ${result.why}`);
  else
    console.log(
      `seq ${result.sequence}: ${result.size} bytes from ${result.from}, ttl ${result.hopLimit}, ${result.time} ms`,
    );
}

for (let i = 0; i < 3; i++) {
  icmp.ping('10.0.0.2', { observe: print });
  await lab.run({ until: 1000 * (i + 1) });
}
// Larger than the link's 1500 bytes: it goes, and comes back, in fragments.
icmp.ping('10.0.0.2', { size: 4000, observe: print });
await lab.run({ until: 4000 });
// Where it may not be cut, it is not sent at all.
icmp.ping('10.0.0.2', { size: 4000, dontFragment: true, observe: print });
// Nobody has this address.
icmp.ping('10.0.0.77', { timeout: 10_000, observe: print });
await lab.run({ until: 20_000 });
await lab.stop();
