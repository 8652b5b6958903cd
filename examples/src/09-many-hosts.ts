// A switch: a link with more than two ends. Every host talks to the next one, and the last one to the first.
import { buildLab, shippedPlugins, Tcp } from 'netwright';

const HOSTS = 8;
const names = Array.from({ length: HOSTS }, (_, i) => `host${i + 1}`);
const address = (i: number) => `10.0.0.${(i % HOSTS) + 1}`;

const lab = await buildLab(
  {
    sim: { seed: 1, stop_time: '1min' },
    defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'] },
    topology: {
      nodes: Object.fromEntries(
        names.map((name, i) => [
          name,
          {
            address: `${address(i)}/24`,
            apps: [
              { use: 'discard', port: 9 },
              { use: 'source', address: address(i + 1), port: 9, bytes: '100kB', at: '10ms' },
            ],
          },
        ]),
      ),
      links: [{ endpoints: names, latency: '1ms', loss: '1%' }],
    },
  },
  { plugins: shippedPlugins },
);
const { ended, reports } = await lab.run();
console.log(`ended: ${ended}`);
for (const [i, name] of names.entries()) {
  const sent = reports[`${name}/source`];
  const got = reports[`${names[(i + 1) % HOSTS]}/discard`];
  const whole = sent.sha256 === got.sha256 ? 'whole' : 'damaged';
  console.log(`${name} sent ${sent.bytes} bytes to ${address(i + 1)}: ${sent.outcome}, ${whole}`);
}
const open = [...lab.nodes.values()].flatMap((node) => node.layer(Tcp)?.connections ?? 0);
console.log(`connections that wait out their time: ${open.reduce((sum, each) => sum + each, 0) > 0}`);
await lab.stop();
