import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { buildLab, shippedPlugins } from 'netwright';

const lab = (loss: string, file: string) => `
name: v6
sim: { seed: 3, stop_time: 5min }
pool: { small: 2048, large: 8 }
defaults:
  layers: [ethernet, arp, ipv4, icmp, ndp, ipv6, icmpv6, tcp, udp]
topology:
  nodes:
    srv:
      address: [10.0.0.1/24, 'fd00::1/64']
      apps: [{ use: page, pages: { /: 200KiB } }]
    cli:
      address: [10.0.0.2/24, 'fd00::2/64']
      apps:
        - { use: get, as: six, url: 'http://[fd00::1]/' }
        - { use: get, as: four, url: 'http://10.0.0.1/' }
  links:
    - { endpoints: [srv, cli], latency: 5ms, loss: ${loss}, reorder: 2% }
watch:
  - trace
  - { use: pcapng, file: '${file}' }
validate:
  - { frame: 'tcp.flags == S && ipv6.src == "fd00::2"', expect: { tcp.options.mss: 1440 } }
  - { frame: 'tcp.flags == S && ip.src == "10.0.0.2"', expect: { tcp.options.mss: 1460 } }
  - { app: cli/six, expect: { status: 200, outcome: complete, sha256: srv/page.sha256 } }
  - { app: cli/four, expect: { status: 200, outcome: complete, sha256: srv/page.sha256 } }
`;

function tshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('two hosts talk over both versions of IP through loss: bytes arrive, the MSS is that of each version, traces read as tcpdump writes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'v6-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'v6.pcapng');
  const lines: string[] = [];
  const built = await buildLab(lab('3%', file), { plugins: shippedPlugins, print: (line) => lines.push(line) });
  const outcome = await built.run();
  t.true(outcome.passed, JSON.stringify(outcome.validation));
  const seen = (pattern: RegExp) =>
    t.true(
      lines.some((each) => pattern.test(each)),
      `${pattern}`,
    );
  seen(/IP6 :: > ff02::1:ff00:1: ICMP6, neighbor solicitation, who has fd00::1, length 24/);
  seen(/IP6 fd00::1 > ff02::1: ICMP6, neighbor advertisement, tgt is fd00::1, length 32/);
  seen(/IP6 fd00::2\.\d+ > fd00::1\.80: Flags \[S\], seq \d+, win 65535, options \[mss 1440,/);
  t.true(readFileSync(file).length > 400_000);
  if (!tshark()) {
    t.log('tshark is not there: the capture was not read by it');
    return;
  }
  const bad = '_ws.malformed or tcp.checksum.status == 0 or icmpv6.checksum.status == 0';
  t.is(execFileSync('tshark', ['-r', file, '-o', 'tcp.check_checksum:TRUE', '-Y', bad], { encoding: 'utf8' }), '');
});
