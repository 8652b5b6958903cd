import { examineHost } from '@netwright/plugins';
import test from 'ava';

test.serial(
  'the doctor looks at everything a live stack needs, and says what to do about what is missing',
  async (t) => {
    const findings = await examineHost();
    const names = findings.map(({ name }) => name);
    for (const name of [
      'Node.js',
      'CAP_NET_RAW',
      'CAP_NET_ADMIN',
      'packet capture',
      'TUN/TAP',
      'iptables',
      'ethtool',
      'tshark',
      'curl',
    ]) {
      t.true(names.includes(name), name);
    }
    for (const { name, ok, found, remedy } of findings) {
      t.not(found, '', name);
      if (ok) t.is(remedy, null, name);
      // The checksum has a fallback: there is nothing to do.
      else if (name !== 'WebAssembly SIMD') t.truthy(remedy, name);
    }
    t.true(findings.find(({ name }) => name === 'Node.js')?.ok);
  },
);

test.serial('the doctor finds no tools where the path leads nowhere', async (t) => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  try {
    const curl = (await examineHost()).find(({ name }) => name === 'curl');
    t.false(curl?.ok);
    t.regex(curl?.remedy ?? '', /apt-get install curl/);
  } finally {
    process.env['PATH'] = path;
  }
});
