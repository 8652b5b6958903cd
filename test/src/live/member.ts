/**
 * A program for the live tests of groups: a stack on a capture device, in the network namespace that it is started in. It
 * joins what it is told to, prints 'ready', and stops on SIGTERM, when it prints how many packets it still holds.
 *
 * Arguments: the groups, each with its source where it is not for all: '239.1.1.1', '232.1.1.1,192.0.2.1'.
 */
import { IpAddress } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';
import { buildStack, shippedPlugins, Udp } from 'netwright';

const device = new CaptureDevice({ interface: 'veth0', warn: (message) => console.error(message) });
const layers = ['ethernet', 'arp', 'ipv4', 'igmp', 'ndp', 'ipv6', 'icmpv6', 'mld', 'udp'];
const manifest = { address: '10.77.0.9/24', layers };
const stack = await buildStack(manifest, { plugins: shippedPlugins, device });
await stack.start();
const socket = (stack.layer(Udp) as Udp).open({ port: 5000 });
for (const each of process.argv.slice(2)) {
  const [group, source] = each.split(',').map((text) => IpAddress.parse(text) as IpAddress);
  const result = socket.join(group, null, source ?? null);
  if (result !== 'done') throw new Error(`${each}: ${result}`);
}
process.once('SIGTERM', async () => {
  await stack.stop();
  console.log(`stopped ${stack.host.pool.inUse}`);
});
console.log('ready');
