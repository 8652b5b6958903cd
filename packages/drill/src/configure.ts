import { IpAddress, type Override, override } from '@netwright/core';
import {
  type CongestionChoices,
  ECN_ON,
  freebsdRules,
  JacobsonRtt,
  QuickAck,
  SlowlyOpening,
  TCP_ACK,
  TCP_ECN,
  TCP_RTT,
  TCP_WINDOW,
  type TcpSettings,
} from '@netwright/layers';
import { Unsupported } from './outcome.js';
import type { Script } from './parse/script.js';
import { congestionByName } from './profile/congestion.js';
import { type Profile, profiles } from './profile/profile.js';
import { type Addresses, DEFAULT_ADDRESSES, DEFAULT_ADDRESSES_6 } from './run/environment.js';
import type { RunRules } from './run/runner.js';
import type { Configuration } from './shell.js';

/** By what a script is scored. */
export type Score = 'linux' | 'strict' | 'no-psh';

/** Options of scripts that change nothing in simulated time, or only say what holds anyway. */
const WITHOUT_EFFECT = [
  'non_fatal',
  'speed',
  'init_scripts',
  'send_omit_free',
  'verbose',
  'dry_run',
  'define',
  'D',
  'wire_client',
  'tcp_ts_ecr_scaled',
  'mss',
  'initiate_fin',
  'so_filename',
  'so_flags',
  'code_command',
  'code_format',
  'code_sockopt',
  'persistent_tun_dev',
  'wire_server',
  'wire_client_dev',
  'wire_server_dev',
  'wire_server_ip',
  'wire_server_port',
  'live_bind_ip',
  'live_connect_ip',
  'live_local_ip',
  'live_remote_ip',
  'live_gateway_ip',
];

/** What `--ip_version` may say; sockets of the third are IPv6, packets IPv4 (RFC 4291 section 2.5.5.2). */
const VERSIONS = ['ipv4', 'ipv6', 'ipv4-mapped-ipv6'];

/**
 * Addresses of a script's `--local_ip=…` and the like.
 * @param ipv6 whether a script that does not say its version runs over IPv6.
 * @throws Unsupported for an option that nobody knows here
 */
export function addressesOf(script: Script, ipv6 = false): Addresses {
  const { options } = script;
  const one = (name: string) => options.get(name)?.at(-1);
  for (const name of options.keys()) {
    const known = [...WITHOUT_EFFECT, ...KNOWN].includes(name);
    if (!known) throw new Unsupported(`--${name}`);
  }
  const version = one('ip_version') ?? (ipv6 ? 'ipv6' : 'ipv4');
  if (!VERSIONS.includes(version)) throw new Unsupported(`--ip_version=${version}`);
  const defaults = version === 'ipv6' ? DEFAULT_ADDRESSES_6 : DEFAULT_ADDRESSES;
  const address = (name: string, otherwise: IpAddress) => {
    const text = one(name);
    if (text === undefined) return otherwise;
    const parsed = IpAddress.parse(text);
    if (parsed === undefined || parsed.version !== otherwise.version) throw new Unsupported(`--${name}=${text}`);
    return parsed;
  };
  return {
    local: address('local_ip', defaults.local),
    remote: address('remote_ip', defaults.remote),
    bindPort: Number(one('bind_port') ?? defaults.bindPort),
    connectPort: Number(one('connect_port') ?? defaults.connectPort),
    mtu: Number(one('mtu') ?? defaults.mtu),
    sockets: version === 'ipv4' ? 4 : 6,
  };
}

const KNOWN = [
  'ip_version',
  'local_ip',
  'remote_ip',
  'gateway_ip',
  'netmask_ip',
  'bind_port',
  'connect_port',
  'mtu',
  'tolerance_usecs',
  'strict_segments',
  'tcp_ts_tick_usecs',
  'profile',
];

/** Whose defaults a script assumes: what it says itself counts. @throws Unsupported */
export function profileOf(script: Script, asked: Profile['name']): Profile {
  const name = script.options.get('profile')?.at(-1) ?? asked;
  if (!(name in profiles)) throw new Unsupported(`--profile=${name}`);
  return profiles[name as Profile['name']];
}

/** How a script is judged: by its own options and the score that is asked for. */
export function rulesOf(script: Script, score: Score): RunRules {
  const { options } = script;
  const tolerance = options.get('tolerance_usecs')?.at(-1);
  const tick = options.get('tcp_ts_tick_usecs')?.at(-1);
  const strictSegments = options.get('strict_segments')?.at(-1);
  return {
    tolerance: score === 'strict' ? 1 : tolerance === undefined ? null : Number(tolerance) / 1000,
    push: score !== 'no-psh',
    strictSegments: strictSegments !== undefined && strictSegments !== 'false' && strictSegments !== '0',
    tick: tick === undefined ? null : Number(tick),
  };
}

/** Settings and bindings that the script's commands ask for, over those of the profile. */
export function stackOf(profile: Profile, { sysctls, route }: Configuration) {
  const settings: Partial<TcpSettings> = {};
  const number = (name: string, set: (value: number) => void) => {
    const text = sysctls.get(name);
    if (text !== undefined) set(Number(text));
  };
  number('net.ipv4.tcp_sack', (on) => (settings.sack = on !== 0));
  number('net.ipv4.tcp_timestamps', (on) => (settings.timestamps = on !== 0));
  number('net.ipv4.tcp_window_scaling', (on) => (settings.windowScaling = on !== 0));
  number('net.ipv4.tcp_syn_retries', (times) => (settings.synRetries = times));
  number('net.ipv4.tcp_syn_linear_timeouts', (times) => (settings.synLinear = times));
  number('net.ipv4.tcp_thin_linear_timeouts', (on) => (settings.thinLinear = on !== 0));
  number('net.ipv4.tcp_mtu_probing', (mode) => (settings.mtuProbing = MTU_PROBING[mode] ?? 'never'));
  number('net.ipv4.tcp_synack_retries', (times) => (settings.synAckRetries = times));
  number('net.ipv4.tcp_retries2', (times) => (settings.retries = times));
  number('net.ipv4.tcp_fin_timeout', (seconds) => (settings.finWait2Timeout = 1000 * seconds));
  number('net.ipv4.tcp_keepalive_time', (seconds) => (settings.keepAliveIdle = 1000 * seconds));
  number('net.ipv4.tcp_keepalive_intvl', (seconds) => (settings.keepAliveInterval = 1000 * seconds));
  number('net.ipv4.tcp_keepalive_probes', (times) => (settings.keepAliveProbes = times));
  number('net.ipv4.tcp_notsent_lowat', (bytes) => (settings.notSentLowWater = bytes >= 0xffffffff ? 0 : bytes));
  const sizes = (name: string) => sysctls.get(name)?.trim().split(/\s+/).map(Number) ?? [];
  const [, receive, receiveMax] = sizes('net.ipv4.tcp_rmem');
  const [, send, sendMax] = sizes('net.ipv4.tcp_wmem');
  if (receive !== undefined) settings.receiveBuffer = receive;
  if (receiveMax !== undefined) settings.receiveBufferMax = receiveMax;
  if (send !== undefined) settings.sendBuffer = send;
  if (sendMax !== undefined) settings.sendBufferMax = sendMax;
  const congestion = profile.congestion(sysctls, route);
  Object.assign(settings, profile.settingsOf?.(sysctls));
  const rules = freebsdRules();
  const overrides = [...profile.overrides(sysctls, congestion, rules), ...applyRoute(route, settings, congestion)];
  return { settings, congestion, overrides, rules };
}

/** What net.ipv4.tcp_mtu_probing says. */
const MTU_PROBING = ['never', 'black-hole', 'always'] as const;

/** What a route says of the connections that take it (ip-route(8)). @throws Unsupported */
export function applyRoute(
  route: ReadonlyMap<string, string>,
  settings: Partial<TcpSettings>,
  congestion: CongestionChoices,
): Override[] {
  const overrides: Override[] = [];
  for (const [name, value] of route) {
    if (name === 'advmss') settings.mss = Number(value);
    else if (name === 'window') settings.windowClamp = Number(value);
    else if (name === 'rto_min') overrides.push(leastTimeout(value));
    else if (name === 'congctl') overrides.push(congestionByName(value, congestion));
    else if (name === 'quickack' && value === '1') overrides.push(override(TCP_ACK, { value: new QuickAck() }));
    else if (name === 'features' && value === 'ecn') overrides.push(override(TCP_ECN, { value: ECN_ON }));
    else if (name === 'initrwnd') overrides.push(firstWindow(Number(value), settings));
    else if (name !== 'initcwnd' && name !== 'mtu') throw new Unsupported(`ip route … ${name} ${value}`);
  }
  return overrides;
}

/** '250ms', '1s', or milliseconds. */
function leastTimeout(text: string): Override {
  const [, digits, unit] = /^([\d.]+)(ms|s)?$/.exec(text) ?? [];
  if (digits === undefined) throw new Unsupported(`ip route … rto_min ${text}`);
  const least = Number(digits) * (unit === 's' ? 1000 : 1);
  return override(TCP_RTT, { make: () => new JacobsonRtt(least) });
}

function firstWindow(segments: number, { mss }: Partial<TcpSettings>): Override {
  return override(TCP_WINDOW, { make: () => new SlowlyOpening(segments * (mss || 1460)) });
}
