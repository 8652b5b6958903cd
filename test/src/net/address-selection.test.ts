import { IpAddress } from '@netwright/core';
import { DEFAULT_POLICIES, type Destination, PolicyTable, sortDestinations } from '@netwright/layers';
import test from 'ava';
import { Rig6 } from '../wire/rig6.js';

const ip = (text: string) => IpAddress.parse(text) as IpAddress;
const table = new PolicyTable(DEFAULT_POLICIES);

/** 'destination from source', with what is to be said of the source behind it. */
function destination(text: string): Destination {
  const [address, , source, remark] = text.split(' ');
  return {
    address: ip(address),
    source: source === undefined ? null : ip(source),
    deprecated: remark === 'deprecated',
  };
}

const sorted = (policies: PolicyTable, ...texts: string[]) =>
  sortDestinations(texts.map(destination), policies).map(String);

/** The other way round, so that order by itself shows nothing. */
const bothWays = (policies: PolicyTable, first: string, second: string) => [
  sorted(policies, first, second),
  sorted(policies, second, first),
];

for (const [why, first, second] of [
  ['usable', '198.51.100.121 from 198.51.100.117', '2001:db8:1::1'],
  ['matching scope', '2001:db8:1::1 from 2001:db8:1::2', '198.51.100.121 from 169.254.13.78'],
  ['matching scope', '198.51.100.121 from 198.51.100.117', '2001:db8:1::1 from fe80::1'],
  ['higher precedence', '2001:db8:1::1 from 2001:db8:1::2', '10.1.2.3 from 10.1.2.4'],
  ['smaller scope', 'fe80::1 from fe80::2', '2001:db8:1::1 from 2001:db8:1::2'],
  ['not deprecated', '2001:db8:1::1 from 2001:db8:1::2', 'fe80::1 from fe80::2 deprecated'],
  ['longest matching prefix', '2001:db8:1::1 from 2001:db8:1::2', '2001:db8:3ffe::1 from 2001:db8:3f44::2'],
  ['matching label', '2002:c633:6401::1 from 2002:c633:6401::2', '2001:db8:1::1 from 2002:c633:6401::2'],
  ['higher precedence', '2001:db8:1::1 from 2001:db8:1::2', '2002:c633:6401::1 from 2002:c633:6401::2'],
] as const) {
  // @rfc 6724 S6-1
  test(`an example of RFC 6724 section 10.2, ${why}: ${first} before ${second}`, (t) => {
    const expected = [first, second].map((each) => `${destination(each).address}`);
    t.deepEqual(bothWays(table, first, second), [expected, expected]);
  });
}

// @rfc 6724 S6-1
test('what no rule tells apart keeps its order', (t) => {
  const texts = ['10.0.0.7 from 10.9.0.1', '10.0.0.5 from 10.9.0.1', '10.0.0.6 from 10.9.0.1'];
  t.deepEqual(sorted(table, ...texts), ['10.0.0.7', '10.0.0.5', '10.0.0.6']);
});

// @rfc 6724 S2.1-1
test('another table prefers IPv4, or the world to the link (RFC 6724 sections 10.3 and 10.4)', (t) => {
  const with_ = (prefix: string, precedence: number, label: number) =>
    new PolicyTable([...DEFAULT_POLICIES.filter((each) => each.prefix !== prefix), { prefix, precedence, label }]);
  const [six, four] = ['2001:db8::1 from 2001:db8::2', '10.1.2.3 from 10.1.2.4'];
  t.deepEqual(sorted(with_('::ffff:0:0/96', 100, 4), six, four), ['10.1.2.3', '2001:db8::1']);
  const near = 'fe80::1 from fe80::2';
  t.deepEqual(sorted(with_('fe80::/10', 33, 1), near, six), ['2001:db8::1', 'fe80::1']);
  t.deepEqual(new PolicyTable([]).rowOf(ip('::1')), { precedence: 0, label: -1 });
});

// @rfc 6724 S2.1-1 S5-5
test('of two addresses of a stack the one with the label of the destination is sent from', async (t) => {
  const addresses = [['2001:db8:5:7::1/64', 'fd00:1::1/64']];
  const policies = [...DEFAULT_POLICIES, { prefix: '2001:db8:5:8::/64', precedence: 40, label: 13 }];
  const via = { gateway: '2001:db8:5:7::fe' };
  const usual = await Rig6.start({ addresses, ipv6: via });
  t.is(`${usual.path('2001:db8:5:8::9').source}`, '2001:db8:5:7::1', 'the longer prefix');
  t.is(`${usual.path('fd77::9').source}`, 'fd00:1::1');
  const other = await Rig6.start({ addresses, ipv6: { ...via, policies } });
  t.is(`${other.path('2001:db8:5:8::9').source}`, 'fd00:1::1', 'whatever the prefix');
});
