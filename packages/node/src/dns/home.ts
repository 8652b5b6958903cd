import { carriesStreams, Dns, type StreamConnector, Udp } from '@netwright/layers';
import type { Household } from '../dgram/home.js';
import { fail } from '../errors.js';

/** Who says what names stand for. */
export interface LookupOptions {
  /**
   * 'stack': its dns layer and localhost, nothing of the host's. 'host': the host's resolver and its hosts file, except
   * that servers which a program has named itself are asked over the stack where it reaches them. Left out: 'stack'
   * where there is a dns layer, else 'host'.
   */
  readonly names?: 'stack' | 'host';
}

/** What the lookups of one stack share. */
export interface LookupHome {
  readonly household: Household;
  readonly names: 'stack' | 'host';
  readonly udp: Udp;
  readonly tcp: StreamConnector | null;
  readonly dns: Dns | null;
}

/** @throws NODE_NO_UDP */
export function lookupHome(household: Household, options: LookupOptions = {}): LookupHome {
  const { stack } = household;
  const udp = stack.layer(Udp);
  if (udp === undefined) throw fail('NODE_NO_UDP', { stack: stack.name });
  const dns = stack.layer(Dns) ?? null;
  const tcp = stack.layers.find(carriesStreams) ?? null;
  return { household, names: options.names ?? (dns === null ? 'host' : 'stack'), udp, tcp, dns };
}
