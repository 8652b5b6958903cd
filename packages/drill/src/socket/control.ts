import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue } from './constants.js';

/** One control message that recvmsg tells. Times are in ms of the clock. */
export interface Control {
  readonly level: string;
  readonly type: string;
  readonly data: number | Readonly<Record<string, number>> | { readonly at: number };
}

/** Names that stand for the same level or type: the language has its own for what differs between versions of IP. */
const SAME: Record<string, string> = {
  IPPROTO_TCP: 'SOL_TCP',
  CMSG_LEVEL_IP: 'IP',
  SOL_IP: 'IP',
  IPPROTO_IP: 'IP',
  SOL_IPV6: 'IP',
  IPPROTO_IPV6: 'IP',
  CMSG_TYPE_RECVERR: 'RECVERR',
  IP_RECVERR: 'RECVERR',
  IPV6_RECVERR: 'RECVERR',
  SO_TIMESTAMPING: 'SCM_TIMESTAMPING',
  SO_TIMESTAMPING_OLD: 'SCM_TIMESTAMPING',
  SO_TIMESTAMPNS: 'SCM_TIMESTAMPNS',
  TCP_INQ: 'TCP_CM_INQ',
};

/** How far a time in a control message may be off, in ms: as much as any event. */
const TOLERANCE = 4;

/** The control messages of a msghdr as written; null where the script does not look at them. */
export function controlOf(message: Value): readonly Value[] | null {
  const control = message.kind === 'struct' ? message.fields.get('msg_control') : undefined;
  if (control === undefined || control.kind === 'open') return null;
  if (control.kind !== 'list') throw new Unsupported(`the control messages ${describeValue(control)}`);
  return control.items;
}

/** Holds what is told against what a script expects of `recvmsg`. @param tolerance ms that times may be off. @throws Mismatch */
export function compareMessage(message: Value, told: readonly Control[], flags: number, tolerance = TOLERANCE): void {
  const written = message.kind === 'struct' ? message.fields.get('msg_flags') : undefined;
  if (written !== undefined && written.kind !== 'open' && asNumber(written) !== flags)
    throw new Mismatch('recvmsg tells other flags', describeValue(written), `0x${flags.toString(16)}`);
  const expected = controlOf(message);
  if (expected === null) return;
  const wrong = (): never => {
    throw new Mismatch(
      'recvmsg tells other control messages',
      expected.map(describeValue).join(', ') || 'none',
      told.map(describeControl).join(', ') || 'none',
    );
  };
  if (expected.length !== told.length) wrong();
  expected.forEach((each, index) => {
    const { level, type, data } = told[index];
    const same = canonical(each, 'cmsg_level') === level && canonical(each, 'cmsg_type') === type;
    if (!same || !sameData(each, data, tolerance)) wrong();
  });
}

/** What a control message of sendmsg asks for: SO_TIMESTAMPING's flags; null for none. @throws Unsupported */
export function stampsAsked(message: Value): number | null {
  let flags: number | null = null;
  for (const each of controlOf(message) ?? []) {
    const data = each.kind === 'struct' ? each.fields.get('cmsg_data') : undefined;
    if (canonical(each, 'cmsg_type') !== 'SCM_TIMESTAMPING' || data === undefined)
      throw new Unsupported(`the control message ${describeValue(each)}`);
    flags = asNumber(data);
  }
  return flags;
}

function canonical(message: Value, field: string): string {
  const value = message.kind === 'struct' ? message.fields.get(field) : undefined;
  if (value === undefined) throw new Unsupported(`the control message ${describeValue(message)}`);
  const name = describeValue(value);
  return SAME[name] ?? name;
}

function sameData(message: Value, told: Control['data'], tolerance: number): boolean {
  const data = message.kind === 'struct' ? message.fields.get('cmsg_data') : undefined;
  if (data === undefined || data.kind === 'open') return true;
  if (typeof told === 'number') return asNumber(data) === told;
  if (data.kind !== 'struct') throw new Unsupported(`the control data ${describeValue(data)}`);
  const field = (name: string) => data.fields.get(name);
  if (isTime(told)) {
    const seconds = field('scm_sec') ?? field('tv_sec');
    const rest = field('scm_nsec') ?? field('tv_nsec');
    if (seconds === undefined || rest === undefined || seconds.kind === 'open' || rest.kind === 'open') return true;
    return Math.abs(1000 * asNumber(seconds) + asNumber(rest) / 1e6 - told.at) <= tolerance;
  }
  for (const [name, value] of data.fields) {
    if (value.kind !== 'open' && asNumber(value) !== (told[name] ?? 0)) return false;
  }
  return true;
}

function isTime(data: Control['data']): data is { readonly at: number } {
  return typeof data === 'object' && 'at' in data;
}

function describeControl({ level, type, data }: Control): string {
  const text =
    typeof data === 'number'
      ? String(data)
      : `{${Object.entries(data)
          .map(([name, value]) => `${name}=${value}`)
          .join(', ')}}`;
  return `{cmsg_level=${level}, cmsg_type=${type}, cmsg_data=${text}}`;
}
