import { VirtualClock } from '@netwright/core';
import test from 'ava';
import { Arp, buildLab, IpAddress, MacAddress, shippedPlugins } from 'netwright';

/** A client whose neighbour has, as it believes, another hardware address than it really has. */
// @rfc 9293 MUST-20
// @rfc 1122 S3.3.1.4-3
test('a wrong hardware address is found out when a transport hears nothing, long before it gives up', async (t) => {
  const lab = await buildLab(
    {
      sim: { seed: 1, stop_time: '5min' },
      defaults: { layers: ['ethernet', 'arp', 'ipv4', 'icmp', 'tcp'] },
      topology: {
        nodes: {
          srv: { address: '10.0.0.1/24', mac: '02:00:00:00:00:01', apps: ['discard'] },
          cli: { address: '10.0.0.2/24', apps: [{ use: 'source', address: '10.0.0.1', bytes: 1000, at: '1s' }] },
        },
        links: [{ endpoints: ['srv', 'cli'], latency: '1ms' }],
      },
    },
    { plugins: shippedPlugins },
  );
  t.true(lab.clock instanceof VirtualClock);
  await lab.start();
  const cli = lab.nodes.get('cli');
  const neighbour = cli?.layer(Arp)?.neighbour(IpAddress.parse('10.0.0.1') as IpAddress, cli.host.interfaces[0]);
  (neighbour as unknown as { learn(mac: MacAddress, how: string): void }).learn(
    MacAddress.parse('02:00:00:00:00:77') as MacAddress,
    'answered',
  );
  const { ended, time, reports } = await lab.run();
  t.is(ended, 'done');
  t.is(reports['cli/source'].outcome, 'complete');
  t.true(time < 40_000, `after ${time} ms`);
  await lab.stop();
});
