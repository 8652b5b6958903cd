import { answerCommand, isCommand, type Surveyed } from './freebsd/commands.js';
import { isFreebsdSysctl } from './freebsd/sysctls.js';
import { Unsupported } from './outcome.js';
import { OpeningRules } from './socket/opening.js';

/** What the commands of a script ask of the stack: sysctls by name, metrics of the route. */
export interface Configuration {
  readonly sysctls: Map<string, string>;
  /** 'initcwnd', 'initrwnd', 'mtu', … of `ip route`. */
  readonly route: Map<string, string>;
}

/** What commands may change of a stack that runs. */
export interface RunningStack extends Surveyed {
  flushMetrics(): void;
  /** @returns false where it cannot change now. */
  setSysctl(name: string, value: string): boolean;
  /** @throws Unsupported */
  changeRoute(metrics: ReadonlyMap<string, string>): void;
}

/** Commands that change nothing here: there is no cache, queue or card for them to change. */
const NOTHING: readonly RegExp[] = [
  /^:$/,
  /^true$/,
  /^(?:\S*\/)?(?:defaults|set_defaults)\.sh$/,
  /^ip route flush cache$/,
  // Nothing queues here: what a discipline would pace, TCP paces.
  /^tc (?:-\w+ )*qdisc (?:add|del|delete|replace|change) dev \S+ (?:handle \S+ )?(?:root|parent(?: \S+)?|ingress|clsact)(?: handle \S+)?(?: (?:pfifo|fq|pfifo_fast|fq_codel|noqueue|mq)(?: (?!drop)[\w.:]+)*)?$/,
  /^tc (?:-\w+ )*qdisc (?:show|list|ls)\b[^|]*$/,
  /^ethtool -K \S+(?: (?:tso|gso|gro|tx|rx|sg|lro) (?:on|off))+$/,
  /^kld(?:un)?load\b.*$/,
  /^(?:ifconfig|route|arp|ndp|ping6?)\b[^|]*$/,
  /^sync$/,
  // What is printed nobody reads.
  /^nstat(?: -\w+)*(?: \w+)*$/,
  /^(?:ss|netstat|ip (?:-\w+ )*tcp_metrics show|cat \/proc\/net\/\w+|ip (?:-\w+ )*(?:route|addr|link) show)\b[^|]*$/,
  /^sleep [\d.]+$/,
  /^echo .*$/,
  /^sysctl (?:-\w+ )*[\w.]+$/,
];

/** Sysctls that this runner turns into settings and bindings; others must have the value they have anyway. */
const DEFAULTS: Record<string, string> = {
  'net.ipv4.tcp_dsack': '1',
  'net.ipv4.tcp_pacing_ss_ratio': '200',
  'net.ipv4.tcp_pacing_ca_ratio': '120',
  'net.ipv4.tcp_tw_reuse': '0',
  'net.core.default_qdisc': 'pfifo_fast',
};

/** Sysctls that no script can see here, whatever their value: limits of a busy host, and what it remembers of others. */
const INVISIBLE: readonly string[] = [
  'net.ipv4.tcp_autocorking',
  'net.ipv4.tcp_challenge_ack_limit',
  // Duplicates are never held back here, as with 0 of them there (docs/drill.md says so).
  'net.ipv4.tcp_comp_sack_delay_ns',
  'net.ipv4.tcp_comp_sack_nr',
  'net.ipv4.tcp_comp_sack_rtt_percent',
  'net.ipv4.tcp_comp_sack_slack_ns',
  'net.core.rmem_max',
  'net.core.wmem_max',
  'net.ipv4.tcp_limit_output_bytes',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_moderate_rcvbuf',
  'net.ipv4.tcp_no_metrics_save',
  'net.ipv4.tcp_tso_win_divisor',
];

/** Sysctls of which every value is understood. */
export const UNDERSTOOD: readonly string[] = [
  'net.ipv4.tcp_ecn',
  'net.ipv4.tcp_ecn_option',
  'net.ipv4.tcp_ecn_option_beacon',
  'net.ipv4.tcp_ecn_fallback',
  'net.ipv4.tcp_slow_start_after_idle',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_sack',
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_window_scaling',
  'net.ipv4.tcp_congestion_control',
  'net.ipv4.tcp_recovery',
  'net.ipv4.tcp_early_retrans',
  'net.ipv4.tcp_frto',
  'net.ipv4.tcp_reordering',
  'net.ipv4.tcp_max_reordering',
  'net.ipv4.tcp_mtu_probing',
  'net.ipv4.tcp_thin_linear_timeouts',
  'net.ipv4.tcp_syn_linear_timeouts',
  'net.ipv4.tcp_invalid_ratelimit',
  'net.ipv4.tcp_rto_min_us',
  'net.ipv4.tcp_syn_retries',
  'net.ipv4.tcp_synack_retries',
  'net.ipv4.tcp_retries2',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_rfc1337',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_notsent_lowat',
  'net.ipv4.tcp_min_tso_segs',
];

/** How connections are opened may change while a script runs. */
const FLUSH = /^ip (?:-\d )?tcp_metrics (?:flush(?: all)?|del(?:ete)? \S+)$/;

/**
 * Understands commands of a script as configuration; nothing is ever executed.
 * @param into what the stack will be made from; null once it is made.
 * @param running the stack that a script changes; null while there is none.
 * @throws Unsupported for a command or value that nobody knows here.
 */
export function runShell(command: string, into: Configuration | null, running: RunningStack | null): void {
  for (const each of command.split(/\n|;|&&/)) {
    const text = each
      .replace(/(^|\s)#.*$/, '')
      .replace(/\s*(?:>|2>|&>)\s*\/dev\/null|\s+2>&1/g, '')
      // What is for commands that fail: none does.
      .replace(/\|\|.*$/, '')
      .trim()
      .replace(/\s+/g, ' ');
    if (isCommand(text)) {
      if (running !== null) answerCommand(text, running);
      continue;
    }
    if (text !== '' && !NOTHING.some((pattern) => pattern.test(text) && !/>\s*\/proc/.test(text)))
      configure(text, into, running);
  }
}

function configure(text: string, into: Configuration | null, running: RunningStack | null): void {
  if (FLUSH.test(text)) {
    running?.flushMetrics();
    return;
  }
  const written = /^echo ["']?([^"'>]*?)["']? ?> ?\/proc\/sys\/(\S+)$/.exec(text);
  const settings = written !== null ? [[written[2].replaceAll('/', '.'), written[1]]] : readSysctls(text);
  if (settings !== null) {
    for (const [name, value] of settings) if (running?.setSysctl(name, value) !== true) setSysctl(name, value, into);
    return;
  }
  const route = /^ip (?:-[46] )?route (?:add|change|replace|append) (.*)$/.exec(text);
  if (route === null) throw new Unsupported(`the command "${text}"`);
  const metrics = new Map<string, string>();
  for (const [, name, value] of route[1].matchAll(
    /\b(initcwnd|initrwnd|mtu|advmss|quickack|cwnd|rto_min|congctl|features|window|hoplimit) (?:lock )?(\S+)/g,
  )) {
    metrics.set(name, value);
  }
  if (into === null) running?.changeRoute(metrics);
  else for (const [name, value] of metrics) into.route.set(name, value);
}

/** `sysctl -w a=b c=d`, `…/set_sysctls.py /proc/sys/a/b=c`. */
function readSysctls(text: string): string[][] | null {
  const match = /^(?:sysctl|(?:\S*\/)?set_sysctls\.py)((?: -\w+)*) (.*)$/.exec(text);
  if (match === null) return null;
  const pairs = [...match[2].matchAll(/([\w./-]+) ?= ?("[^"]*"|'[^']*'|\S+)/g)];
  if (pairs.length === 0) throw new Unsupported(`the command "${text}"`);
  return pairs.map(([, name, value]) => [
    name.replace(/^\/proc\/sys\//, '').replaceAll('/', '.'),
    value.replace(/^["']|["']$/g, ''),
  ]);
}

function setSysctl(name: string, value: string, into: Configuration | null): void {
  if (DEFAULTS[name] === value || INVISIBLE.includes(name)) return;
  if (into !== null && isFreebsdSysctl(name)) {
    into.sysctls.set(name, value);
    return;
  }
  if (!UNDERSTOOD.includes(name) && !OpeningRules.NAMES.includes(name)) throw new Unsupported(`${name}=${value}`);
  if (into === null) throw new Unsupported(`${name} that changes during the script`);
  into.sysctls.set(name, value);
}
