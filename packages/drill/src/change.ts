import { applyRoute, stackOf } from './configure.js';
import { applyRules, freebsdSettings, isFreebsdSysctl, tellSysctl } from './freebsd/sysctls.js';
import { Unsupported } from './outcome.js';
import type { Environment } from './run/environment.js';
import { type RunningStack, UNDERSTOOD } from './shell.js';

/** Sysctls that connections go by from the moment they change. */
const LIVE = [
  'net.ipv4.tcp_retries2',
  'net.ipv4.tcp_syn_retries',
  'net.ipv4.tcp_synack_retries',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_notsent_lowat',
];
/** Those that connections to come go by. */
const FOR_THE_NEXT = [
  'net.ipv4.tcp_sack',
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_window_scaling',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
];

/** What commands change of a stack while its script runs. */
export function changesOf(environment: Environment): RunningStack {
  const { options, tcp, opening, sysctls } = environment;
  return {
    tcp,
    sysctl: (name) => tellSysctl(name, sysctls),
    flushMetrics: () => opening.flushMetrics(),
    setSysctl(name, value) {
      if (options.profile.name === 'freebsd' && isFreebsdSysctl(name)) {
        changeFreebsd(environment, name, value);
        return true;
      }
      if (opening.set(name, value)) return true;
      const live = LIVE.includes(name);
      if (!live && !FOR_THE_NEXT.includes(name)) return chooseAnew(environment, name, value);
      const { settings } = stackOf(options.profile, { sysctls: new Map([[name, value]]), route: new Map() });
      Object.assign(tcp.settings, settings);
      // A keep-alive timer that runs already is left where it stands.
      if (live) for (const session of tcp.sessions()) session.configure(settings, false);
      return true;
    },
    changeRoute(metrics) {
      for (const [name, value] of metrics) {
        if (name === 'advmss') tcp.settings.mss = Number(value);
        else if (name === 'window') tcp.settings.windowClamp = Number(value);
        else if (name === 'initcwnd') options.congestion.initialWindow = (mss) => Number(value) * mss;
        else if (name === 'mtu') throw new Unsupported(`ip route … ${name} ${value} during the script`);
        else
          environment.late = [
            ...environment.late,
            ...applyRoute(new Map([[name, value]]), tcp.settings, options.congestion),
          ];
      }
    },
  };
}

/** A choice between behaviours, for the connections to come. @returns false for a sysctl that is none */
function chooseAnew(environment: Environment, name: string, value: string): boolean {
  const { options, sysctls } = environment;
  if (options.profile.name === 'freebsd' || !UNDERSTOOD.includes(name)) return false;
  sysctls.set(name, value);
  environment.late = options.profile.overrides(sysctls, options.congestion);
  return true;
}

/** Sysctls of FreeBSD that connections go by at once, unless they have numbers of their own. */
const LIVE_OF_FREEBSD =
  /^net\.inet\.tcp\.(?:keep\w+|always_keepalive|finwait2_timeout|fast_finwait2_recycle|retries|rexmt?limit)$/;

/** What decides between behaviours: it is chosen again for the connections to come. */
const CHOICES =
  /^net\.inet\.tcp\.(?:cc\.algorithm|functions_default|ecn\.\w+|initcwnd_segments|rexmit_\w+|persm\w+|ack_war_\w+)$/;

function changeFreebsd(environment: Environment, name: string, value: string): void {
  const { options, tcp, opening, sysctls } = environment;
  sysctls.set(name, value);
  opening.set(name, value);
  if (options.rules !== undefined) applyRules(options.rules, sysctls);
  const before = { ...tcp.settings };
  Object.assign(tcp.settings, freebsdSettings(sysctls));
  if (LIVE_OF_FREEBSD.test(name)) {
    const changed = Object.fromEntries(
      Object.entries(tcp.settings).filter(([key, each]) => before[key as keyof typeof before] !== each),
    );
    for (const session of tcp.sessions()) session.configure(changed);
  }
  if (!CHOICES.test(name)) return;
  const { initialWindow } = options.profile.congestion(sysctls, new Map());
  options.congestion.initialWindow = initialWindow;
  environment.late = options.profile.overrides(sysctls, options.congestion, options.rules);
}
