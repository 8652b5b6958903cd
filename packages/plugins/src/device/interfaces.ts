import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { MacAddress } from '@netwright/core';
import { fail } from '../errors.js';

/** What the host says of one of its interfaces. */
export interface HostInterface {
  readonly name: string;
  readonly hardware: MacAddress;
  /** Bytes; null where the host does not say. */
  readonly mtu: number | null;
}

const SYS = '/sys/class/net';

/**
 * Looks an interface up.
 * @throws CAPTURE_INTERFACE_UNKNOWN, CAPTURE_INTERFACE_KIND
 */
export function hostInterface(name: string): HostInterface {
  const known = existsSync(SYS) ? readdirSync(SYS) : Object.keys(networkInterfaces());
  if (!known.includes(name)) throw fail('CAPTURE_INTERFACE_UNKNOWN', { interface: name, known: known.join(', ') });
  const text = existsSync(SYS) ? readSys(name, 'address') : networkInterfaces()[name]?.[0]?.mac;
  const hardware = MacAddress.parse(text ?? '');
  if (hardware === undefined) throw fail('CAPTURE_INTERFACE_KIND', { interface: name, kind: 'other' });
  const mtu = existsSync(SYS) ? Number(readSys(name, 'mtu')) : null;
  return { name, hardware, mtu };
}

function readSys(name: string, attribute: string): string {
  return readFileSync(`${SYS}/${name}/${attribute}`, 'latin1').trim();
}
