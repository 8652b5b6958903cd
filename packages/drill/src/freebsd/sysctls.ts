import { BSD_TIMEOUTS, type FreebsdRules, freebsdRules, type TcpSettings } from '@netwright/layers';

type Settings = Partial<TcpSettings>;

/** One sysctl of FreeBSD: what it is as the system comes, and what a value makes of the stack. */
interface Sysctl {
  readonly value: string;
  readonly setting?: (value: number, all: ReadonlyMap<string, string>) => Settings;
  readonly rule?: (rules: FreebsdRules, value: number, all: ReadonlyMap<string, string>) => void;
}

const TCP = 'net.inet.tcp.';

const numberOf = (all: ReadonlyMap<string, string>, name: string) =>
  Number(all.get(TCP + name) ?? SYSCTLS[TCP + name]?.value);

function setting(value: number, make: (value: number, all: ReadonlyMap<string, string>) => Settings): Sysctl {
  return { value: String(value), setting: make };
}

function rule(
  value: number,
  set: (rules: FreebsdRules, value: number, all: ReadonlyMap<string, string>) => void,
): Sysctl {
  return { value: String(value), rule: set };
}

/** What a script can see nothing of, or what other parts of the runner go by. */
const other = (value: number | string): Sysctl => ({ value: String(value) });

/** FIN-WAIT-2 lasts as long as keep-alive would, unless it is to go faster (tcp(4): fast_finwait2_recycle). */
function finWait2(all: ReadonlyMap<string, string>): Settings {
  const fast = numberOf(all, 'fast_finwait2_recycle') !== 0;
  const patient = numberOf(all, 'keepcnt') * numberOf(all, 'keepintvl');
  return { finWait2Timeout: fast ? numberOf(all, 'finwait2_timeout') : patient };
}

const CLOSED_PORTS = ['reset', 'drop-syn', 'drop', 'drop'] as const;

/** By their names after net.inet.tcp (tcp(4), syncache(4), blackhole(4)). Times are ms. */
const OF_TCP: Record<string, Sysctl> = {
  // 2 is the window scale alone, 3 timestamps alone.
  rfc1323: setting(1, (mode) => ({ windowScaling: mode === 1 || mode === 2, timestamps: mode === 1 || mode === 3 })),
  'sack.enable': setting(1, (on) => ({ sack: on !== 0 })),
  sendspace: setting(32_768, (bytes) => ({ sendBuffer: bytes })),
  recvspace: setting(65_536, (bytes) => ({ receiveBuffer: bytes })),
  keepinit: setting(75_000, (ms) => ({ openTimeout: ms })),
  keepidle: setting(7_200_000, (ms) => ({ keepAliveIdle: ms })),
  keepintvl: setting(75_000, (ms, all) => ({ keepAliveInterval: ms, ...finWait2(all) })),
  keepcnt: setting(8, (times, all) => ({ keepAliveProbes: times, ...finWait2(all) })),
  always_keepalive: setting(1, (on) => ({ keepAlive: on !== 0 })),
  finwait2_timeout: setting(60_000, (_ms, all) => finWait2(all)),
  fast_finwait2_recycle: setting(0, (_on, all) => finWait2(all)),
  retries: setting(12, (times) => ({ retries: times })),
  drop_synfin: setting(0, (on) => ({ dropSynFin: on !== 0 })),
  blackhole: setting(0, (mode) => ({ closedPorts: CLOSED_PORTS[mode] ?? 'drop' })),
  'syncache.rexmtlimit': setting(3, (times) => ({ synAckRetries: times })),
  syncookies_only: rule(0, (rules, on) => (rules.cookiesOnly = on !== 0)),
  path_mtu_discovery: other(1),
  insecure_rst: rule(0, (rules, on) => (rules.insecureReset = on !== 0)),
  insecure_syn: rule(0, (rules, on) => (rules.insecureSyn = on !== 0)),
  insecure_ack: rule(0, (rules, on) => (rules.insecureAck = on !== 0)),
  tolerate_missing_ts: rule(0, (rules, on) => (rules.toleratesMissingTimestamps = on !== 0)),
  icmp_may_rst: rule(1, (rules, on) => (rules.icmpMayReset = on !== 0)),
  minmss: rule(216, (rules, bytes) => (rules.leastSegment = bytes)),
  mssdflt: rule(536, (rules, bytes) => (rules.defaultSegment = bytes)),
  v6mssdflt: rule(1220, (rules, bytes) => (rules.defaultSegment6 = bytes)),
  rexmit_drop_options: rule(0, (rules, on) => (rules.dropsOptions = on !== 0)),
  rexmit_initial: rule(BSD_TIMEOUTS.initial, (rules, ms) => (rules.timeouts.initial = ms)),
  rexmit_min: rule(BSD_TIMEOUTS.minimum, (rules, ms) => (rules.timeouts.minimum = ms)),
  rexmit_max: rule(BSD_TIMEOUTS.maximum, (rules, ms) => (rules.timeouts.maximum = ms)),
  rexmit_slop: rule(BSD_TIMEOUTS.slop, (rules, ms) => (rules.timeouts.slop = ms)),
  persmin: rule(BSD_TIMEOUTS.persistMinimum, (rules, ms) => (rules.timeouts.persistMinimum = ms)),
  persmax: rule(BSD_TIMEOUTS.persistMaximum, (rules, ms) => (rules.timeouts.persistMaximum = ms)),
  pmtud_blackhole_detection: rule(0, (rules, on) => (rules.blackHole = on !== 0)),
  pmtud_blackhole_mss: rule(1200, (rules, bytes) => (rules.blackHoleSize = bytes)),
  v6pmtud_blackhole_mss: rule(1220, (rules, bytes) => (rules.blackHoleSize6 = bytes)),
  msl: rule(30_000, (rules, ms) => (rules.timeWait = 2 * ms)),
  delacktime: rule(40, (rules, ms, all) => (rules.delayedAck = numberOf(all, 'delayed_ack') === 0 ? 0 : ms)),
  delayed_ack: rule(1, (rules, on, all) => (rules.delayedAck = on === 0 ? 0 : numberOf(all, 'delacktime'))),
  ack_war_cnt: rule(5, challenges),
  ack_war_timewindow: rule(1000, challenges),
  // The profile goes by these, and by how sockets are opened.
  'cc.algorithm': other('cubic'),
  functions_default: other('freebsd'),
  initcwnd_segments: other(10),
  'ecn.enable': other(2),
  'ecn.maxretries': other(1),
  'ecn.generalized': other(0),
  'syncache.rst_on_sock_fail': other(1),
  'fastopen.client_enable': other(1),
  'fastopen.server_enable': other(0),
  'fastopen.acceptany': other(0),
  'fastopen.setkey': other(''),
  udp_tunneling_port: other(0),
  udp_tunneling_overhead: other(8),
};

function challenges(rules: FreebsdRules, _value: number, all: ReadonlyMap<string, string>): void {
  const window = numberOf(all, 'ack_war_timewindow');
  const count = numberOf(all, 'ack_war_cnt');
  rules.challenges = window === 0 || count === 0 ? Number.POSITIVE_INFINITY : count;
}

const SYSCTLS: Record<string, Sysctl> = {
  ...Object.fromEntries(Object.entries(OF_TCP).map(([name, each]) => [TCP + name, each])),
  'kern.ipc.maxsockbuf': rule(freebsdRules().largestBuffer, (rules, bytes) => (rules.largestBuffer = bytes)),
  'kern.ipc.soacceptqueue': other(128),
  'kern.ipc.somaxconn': other(128),
};

/** Where FreeBSD keeps what concerns its network: names below these that are not known change nothing that a script sees. */
const HOMES = /^(?:net\.(?:inet6?|isr|link|pf|route|local|bpf)|kern|hw|vm|security|machdep|debug|dev)\./;

/** Whether it is a sysctl of FreeBSD. */
export function isFreebsdSysctl(name: string): boolean {
  return HOMES.test(name);
}

/** What a sysctl says now; undefined for one that is not known. */
export function tellSysctl(name: string, all: ReadonlyMap<string, string>): string | undefined {
  return all.get(name) ?? SYSCTLS[name]?.value;
}

/** Settings that these sysctls make. */
export function freebsdSettings(all: ReadonlyMap<string, string>): Settings {
  const settings: Settings = {};
  for (const [name, value] of all) Object.assign(settings, SYSCTLS[name]?.setting?.(Number(value), all));
  return settings;
}

/** Changes the rules as these sysctls say. */
export function applyRules(rules: FreebsdRules, all: ReadonlyMap<string, string>): void {
  for (const [name, value] of all) SYSCTLS[name]?.rule?.(rules, Number(value), all);
}
