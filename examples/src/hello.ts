// A stack on a loopback: a listener whose answers begin with sequence number 5555, and a connection to it.
import { buildStack, override, shippedPlugins, TCP_ISN, Tcp } from 'netwright';

const manifest = { device: 'loopback', address: '10.0.0.1/24', layers: ['ethernet', 'arp', 'ipv4', 'tcp'] };
const stack = await buildStack(manifest, { plugins: shippedPlugins });
await stack.start();
const tcp = stack.layer(Tcp) as Tcp;
tcp.listen({
  port: 7777,
  overrides: [override(TCP_ISN, { value: { initial: () => 5555 } })],
  onConnection: (session) => ({ data: (bytes) => session.write(bytes), end: () => session.shutdown() }),
});
const client = tcp.connect({ address: '10.0.0.1', port: 7777 });
// what the client does
client.handler = {
  established: () => client.write(new TextEncoder().encode('hello')),
  data(bytes) {
    // The peer's first number is the one before the first byte that it sends.
    const first = (client.receiver.irs >>> 0).toString();
    console.log(`${new TextDecoder().decode(bytes)} from a peer that began with ${first}`);
    client.shutdown();
  },
  end: () => stack.stop(),
};
