import { DEFAULT_RECOVERY, type RecoveryChoices } from '@netwright/layers';

/** Bits of net.ipv4.tcp_recovery. */
const RACK = 1;
const STATIC_WINDOW = 2;
const NO_DUPLICATES = 4;

/** What net.ipv4.tcp_early_retrans says for probes. */
const PROBES = [3, 4];

/** Loss recovery as Linux is told to do it (ip-sysctl). */
export function linuxRecovery(sysctls: ReadonlyMap<string, string>): RecoveryChoices {
  const value = (name: string, otherwise: number) => Number(sysctls.get(`net.ipv4.${name}`) ?? otherwise);
  const recovery = value('tcp_recovery', 1);
  const reordering = value('tcp_reordering', 3);
  return {
    ...DEFAULT_RECOVERY,
    detection: (recovery & RACK) === 0 ? 'count' : 'time',
    duplicates: (recovery & NO_DUPLICATES) === 0 ? reordering : null,
    adaptive: (recovery & STATIC_WINDOW) === 0,
    probes: PROBES.includes(value('tcp_early_retrans', 3)),
    forwardRto: value('tcp_frto', 2) !== 0,
    reordering,
    reducesWindow: true,
  };
}
