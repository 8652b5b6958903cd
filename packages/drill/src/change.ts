import { stackOf } from './configure.js';
import { Unsupported } from './outcome.js';
import type { Environment } from './run/environment.js';
import type { RunningStack } from './shell.js';

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
  'net.inet.tcp.sack.enable',
  'net.inet.tcp.rfc1323',
  'net.inet.tcp.sendspace',
  'net.inet.tcp.recvspace',
];

/** What commands change of a stack while its script runs. */
export function changesOf({ options, tcp, opening }: Environment): RunningStack {
  return {
    flushMetrics: () => opening.flushMetrics(),
    setSysctl(name, value) {
      if (opening.set(name, value)) return true;
      const live = LIVE.includes(name);
      if (!live && !FOR_THE_NEXT.includes(name)) return false;
      const { settings } = stackOf(options.profile, { sysctls: new Map([[name, value]]), route: new Map() });
      Object.assign(tcp.settings, settings);
      if (live) for (const session of tcp.sessions()) session.configure(settings);
      return true;
    },
    changeRoute(metrics) {
      for (const [name, value] of metrics) {
        if (name === 'advmss') tcp.settings.mss = Number(value);
        else if (name === 'window') tcp.settings.windowClamp = Number(value);
        else if (name === 'initcwnd') options.congestion.initialWindow = (mss) => Number(value) * mss;
        else throw new Unsupported(`ip route … ${name} ${value} during the script`);
      }
    },
  };
}
