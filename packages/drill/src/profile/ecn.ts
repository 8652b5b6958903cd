import { type AccEcnOptionUse, type EcnFeedback, type EcnPolicy, ecnPolicy } from '@netwright/layers';
import { Unsupported } from '../outcome.js';

type Sysctls = ReadonlyMap<string, string>;

/** What net.ipv4.tcp_ecn makes of our SYNs, and of a peer's. */
const LINUX_MODES: readonly (readonly [EcnFeedback, EcnFeedback])[] = [
  ['none', 'none'],
  ['classic', 'classic'],
  ['none', 'classic'],
  ['accurate', 'accurate'],
  ['classic', 'accurate'],
  ['none', 'accurate'],
];
/** net.ipv4.tcp_ecn_option */
const LINUX_OPTION: readonly AccEcnOptionUse[] = ['never', 'sparing', 'full', 'persistent'];

/** net.inet.tcp.ecn.enable */
const FREEBSD_MODES: readonly (readonly [EcnFeedback, EcnFeedback])[] = [
  ['none', 'none'],
  ['classic', 'classic'],
  ['none', 'classic'],
  ['accurate', 'accurate'],
  ['none', 'accurate'],
];

/** ECN as Linux is told to take part in it. @throws Unsupported */
export function linuxEcn(sysctls: Sysctls): EcnPolicy {
  const mode = chosen(LINUX_MODES, sysctls, 'net.ipv4.tcp_ecn', 0);
  return ecnPolicy(mode[0], mode[1], {
    option: chosen(LINUX_OPTION, sysctls, 'net.ipv4.tcp_ecn_option', 2),
    beacon: Number(sysctls.get('net.ipv4.tcp_ecn_option_beacon') ?? 3),
    fallback: (sysctls.get('net.ipv4.tcp_ecn_fallback') ?? '1') !== '0',
    // Its acknowledgements of data come often enough; those without data are never acknowledged.
    marksWithData: 6,
    marksWithoutData: Number.POSITIVE_INFINITY,
  });
}

/** ECN as FreeBSD is told to take part in it, which knows no AccECN option. @throws Unsupported */
export function freebsdEcn(sysctls: Sysctls): EcnPolicy {
  const mode = chosen(FREEBSD_MODES, sysctls, 'net.inet.tcp.ecn.enable', 2);
  const again = Number(sysctls.get('net.inet.tcp.ecn.maxretries') ?? 1);
  return ecnPolicy(mode[0], mode[1], { option: 'never', tries: 1 + again });
}

function chosen<T>(choices: readonly T[], sysctls: Sysctls, name: string, otherwise: number): T {
  const value = sysctls.get(name) ?? String(otherwise);
  const choice = choices[Number(value)];
  if (choice === undefined) throw new Unsupported(`${name}=${value}`);
  return choice;
}
