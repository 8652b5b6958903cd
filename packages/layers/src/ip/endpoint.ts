import { IpAddress } from '@netwright/core';
import { fail } from '../errors.js';

/** What a program gave as an address. @throws EINVAL */
export function toAddress(address: IpAddress | string): IpAddress {
  const parsed = typeof address === 'string' ? IpAddress.parse(address) : address;
  if (parsed !== undefined) return parsed;
  throw fail('EINVAL', { problem: `"${address}" is not an address`, expected: 'Look the name up first.' });
}

/** What a program gave as a port. @throws EINVAL */
export function toPort(port: number): number {
  if (Number.isInteger(port) && port > 0 && port < 0x10000) return port;
  throw fail('EINVAL', { problem: `${port} is not a port`, expected: 'Ports are 1 to 65535.' });
}
