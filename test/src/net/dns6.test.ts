import { Dns } from '@netwright/layers';
import test from 'ava';
import { buildLab, shippedPlugins } from 'netwright';

const LAB = `
sim: { seed: 1, stop_time: 1min }
topology:
  nodes:
    names:
      address: [10.0.0.1/24, 'fd00::1/64']
      layers:
        - ethernet
        - arp
        - ipv4
        - ndp
        - ipv6
        - udp
        - use: dns-server
          records:
            - { name: both.example, type: A, data: 10.0.0.80 }
            - { name: both.example, type: AAAA, data: 'fd00::80' }
            - { name: far.example, type: A, data: 192.0.2.80 }
            - { name: far.example, type: AAAA, data: 'fd00::81' }
            - { name: four.example, type: A, data: 10.0.0.82 }
    asks:
      address: [10.0.0.2/24, 'fd00::2/64']
      layers: [ethernet, arp, ipv4, ndp, ipv6, udp, { use: dns, servers: ['fd00::1'] }]
  links:
    - { endpoints: [names, asks], latency: 1ms }
`;

// @rfc 6724 S6-1
test('names are asked of a server over IPv6, for either version, and the addresses that there is a way to come first', async (t) => {
  const lab = await buildLab(LAB, { plugins: shippedPlugins });
  const dns = lab.nodes.get('asks')?.layer(Dns) as Dns;
  const got: Record<string, string> = {};
  const resolve = (name: string, family: 0 | 4 | 6) =>
    dns.resolve(name, family, (error, addresses) => {
      got[`${name} ${family}`] = error?.code ?? addresses.join(' ');
    });
  lab.clock
    .alarm(() => {
      for (const name of ['both', 'far', 'four', 'none']) {
        for (const family of [0, 4, 6] as const) resolve(`${name}.example`, family);
      }
    })
    .set(100);
  await lab.run({ until: 20_000 });
  t.deepEqual(got, {
    'both.example 0': '10.0.0.80 fd00::80',
    'both.example 4': '10.0.0.80',
    'both.example 6': 'fd00::80',
    'far.example 0': 'fd00::81 192.0.2.80',
    'far.example 4': '192.0.2.80',
    'far.example 6': 'fd00::81',
    'four.example 0': '10.0.0.82',
    'four.example 4': '10.0.0.82',
    'four.example 6': 'ENOTFOUND',
    'none.example 0': 'ENOTFOUND',
    'none.example 4': 'ENOTFOUND',
    'none.example 6': 'ENOTFOUND',
  });
});

// @rfc 6724 S6-1
test('with order rfc6724 the policy table decides: IPv6 of the world before IPv4, IPv4 before unique local addresses', async (t) => {
  for (const [network, first] of [
    ['2001:db8::', '2001:db8::80 10.0.0.80'],
    ['fd00::', '10.0.0.80 fd00::80'],
  ]) {
    const text = LAB.replaceAll('fd00::', network).replace("::1'] }", "::1'], order: rfc6724 }");
    const lab = await buildLab(text, { plugins: shippedPlugins });
    const dns = lab.nodes.get('asks')?.layer(Dns) as Dns;
    const got: string[] = [];
    lab.clock
      .alarm(() => dns.resolve('both.example', 0, (error, addresses) => got.push(error?.code ?? addresses.join(' '))))
      .set(100);
    await lab.run({ until: 20_000 });
    t.deepEqual(got, [first]);
  }
});
