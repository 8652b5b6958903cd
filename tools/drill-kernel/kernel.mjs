// The kernel of this machine, as scripts play against it: a network namespace for each, made by agent.py.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { Unsupported } = await import(new URL('../../packages/drill/dist/outcome.js', import.meta.url));

/** What packetdrill's scripts take for granted (docs/drill.md). */
const SYSCTLS = {
  'net.ipv4.tcp_rmem': '4096 540000 15728640',
  'net.ipv4.tcp_wmem': '4096 262144 4194304',
  'net.ipv4.tcp_timestamps': 1,
  'net.ipv4.tcp_sack': 1,
  'net.ipv4.tcp_dsack': 1,
  'net.ipv4.tcp_window_scaling': 1,
  'net.ipv4.tcp_ecn': 0,
  'net.ipv4.tcp_ecn_fallback': 1,
  'net.ipv4.tcp_slow_start_after_idle': 0,
  'net.ipv4.tcp_syncookies': 1,
  'net.ipv4.tcp_fastopen': 0x403,
  'net.ipv4.tcp_fastopen_key': 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4',
  'net.ipv4.tcp_fastopen_blackhole_timeout_sec': 0,
  'net.ipv4.tcp_early_retrans': 3,
  'net.ipv4.tcp_recovery': 1,
  'net.ipv4.tcp_frto': 2,
  'net.ipv4.tcp_reordering': 3,
  'net.ipv4.tcp_mtu_probing': 0,
  'net.ipv4.tcp_no_metrics_save': 1,
  'net.ipv4.tcp_moderate_rcvbuf': 1,
  'net.ipv4.tcp_tw_reuse': 0,
  'net.ipv4.tcp_max_syn_backlog': 1000,
  'net.ipv4.tcp_notsent_lowat': 4294967295,
  'net.ipv4.tcp_pacing_ss_ratio': 200,
  'net.ipv4.tcp_pacing_ca_ratio': 120,
};
const GATEWAY = { 4: '192.168.0.2', 6: 'fd3d:a0b:17d6::2' };

/** What begins a script: its namespace, with addresses, routes and sysctls. */
export function namespaceOf(script, addresses) {
  const { version } = addresses.local;
  const mapped = (address) => (addresses.sockets === 6 && version === 4 ? `::ffff:${address}` : String(address));
  return {
    op: 'start',
    version,
    sockets: addresses.sockets,
    local: String(addresses.local),
    bindLocal: mapped(addresses.local),
    remote: mapped(addresses.remote),
    gateway: GATEWAY[version],
    mtu: addresses.mtu,
    bindPort: addresses.bindPort,
    connectPort: addresses.connectPort,
    sysctls: SYSCTLS,
    init: script.init.map(({ command }) => command),
  };
}

/** One process of agent.py, which plays one script after the other. */
export class Agent {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'drill-kernel-'));
    const [to, from] = ['to', 'from'].map((name) => join(this.folder, name));
    execFileSync('mkfifo', [to, from]);
    this.to = openSync(to, 'r+');
    this.from = openSync(from, 'r+');
    this.child = spawn('python3', [new URL('agent.py', import.meta.url).pathname, to, from], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.rest = '';
    this.buffer = Buffer.alloc(1 << 16);
  }

  ask(what) {
    writeSync(
      this.to,
      `${JSON.stringify(what, (_, value) => (value instanceof Map ? Object.fromEntries(value) : value))}\n`,
    );
    while (!this.rest.includes('\n')) this.rest += this.buffer.toString('latin1', 0, readSync(this.from, this.buffer));
    const end = this.rest.indexOf('\n');
    const told = JSON.parse(this.rest.slice(0, end));
    this.rest = this.rest.slice(end + 1);
    if (told.broken !== undefined) throw new Error(told.broken);
    if (told.unknown !== undefined) throw new Unsupported(told.unknown);
    return told;
  }

  end() {
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
