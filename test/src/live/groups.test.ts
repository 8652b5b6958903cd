import test from 'ava';
import { installed, liveProblem, type Namespace, Wire } from './netns.js';

const problem = (await liveProblem()) ?? (installed('bridge') ? null : 'bridge is not installed');
const live = problem === null ? test.serial : test.serial.skip;
const why = problem === null ? '' : ` (skipped: ${problem})`;

/** A wire whose other end is a port of the kernel's bridge, which snoops on IGMP and MLD, and asks every second. */
async function onBridge(versions: { igmp: number; mld: number }, body: (wire: Wire) => Promise<void>): Promise<void> {
  const wire = Wire.make();
  try {
    const { peer } = wire;
    peer.run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=0');
    const type = ['mcast_snooping', '1', 'mcast_querier', '1', 'mcast_query_interval', '100'];
    type.push('mcast_query_response_interval', '50', 'mcast_startup_query_interval', '100');
    type.push('mcast_igmp_version', `${versions.igmp}`, 'mcast_mld_version', `${versions.mld}`);
    peer.run('ip', 'link', 'add', 'br0', 'type', 'bridge', ...type);
    peer.run('sysctl', '-qw', 'net.ipv6.conf.br0.accept_dad=0');
    peer.run('ip', 'addr', 'flush', 'dev', 'veth0');
    peer.run('ip', 'addr', 'add', '10.77.0.2/24', 'dev', 'br0');
    peer.run('ip', 'link', 'set', 'veth0', 'master', 'br0');
    peer.run('ip', 'link', 'set', 'br0', 'up');
    await body(wire);
  } finally {
    await wire.remove();
  }
}

/** What the bridge has learned of the port, once it is as it should be; else after 10 s. */
async function learned(peer: Namespace, enough: (groups: string[]) => boolean): Promise<string[]> {
  for (let round = 0; ; round++) {
    const groups = peer
      .run('bridge', 'mdb', 'show')
      .split('\n')
      .filter((line) => line.includes('port veth0'))
      .map((line) => line.replace(/.* grp (\S+)( src (\S+))?.*/, '$1 $3').trim());
    if (enough(groups) || round === 50) return groups;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const GROUPS = ['239.7.7.7', 'ff05::7777'];

for (const versions of [
  { igmp: 3, mld: 2 },
  { igmp: 2, mld: 1 },
]) {
  live(
    `a bridge of the kernel learns of groups by IGMP ${versions.igmp} and MLD ${versions.mld}, and of their end${why}`,
    (t) =>
      onBridge(versions, async ({ stack, peer }) => {
        const member = stack.node('member', ...GROUPS, '232.7.7.7,192.0.2.1');
        await member.prints('ready');
        const knows = (groups: string[]) => GROUPS.every((each) => groups.includes(each));
        const groups = await learned(peer, knows);
        t.true(knows(groups), groups.join());
        if (versions.igmp === 3) t.true(groups.includes('232.7.7.7 192.0.2.1'), groups.join());
        await member.stop();
        t.regex(member.printed, /stopped 0/);
        const left = await learned(peer, (each) => !GROUPS.some((group) => each.includes(group)));
        t.false(
          GROUPS.some((group) => left.includes(group)),
          left.join(),
        );
      }),
  );
}

live(`queries of the kernel keep the groups alive${why}`, (t) =>
  onBridge({ igmp: 3, mld: 2 }, async ({ stack, peer }) => {
    // Without answers the bridge would forget them after 2 s.
    peer.run('ip', 'link', 'set', 'br0', 'type', 'bridge', 'mcast_membership_interval', '200');
    const member = stack.node('member', ...GROUPS);
    await member.prints('ready');
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const groups = await learned(peer, (each) => GROUPS.every((group) => each.includes(group)));
    t.true(
      GROUPS.every((group) => groups.includes(group)),
      groups.join(),
    );
    await member.stop();
  }),
);
