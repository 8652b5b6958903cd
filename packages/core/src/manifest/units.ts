import { z } from 'zod';
import { Cidr } from '../address/cidr.js';
import { IpAddress } from '../address/ip.js';
import { MacAddress } from '../address/mac.js';

/**
 * Option schemas for quantities: a manifest writes '10ms', '1%', '100 mbit', '64KiB' or a plain number, the plugin
 * gets a number in one unit.
 */

const DURATIONS: Record<string, number> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const RATES: Record<string, number> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const SIZES: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** A time: '250us', '10ms', '1.5 s', '5min', '1h', or a number of ms. Gives ms. */
export function duration() {
  return quantity(DURATIONS, 'a time such as 10ms, 2s or 5min, or a number of milliseconds');
}

/** A rate: '100 mbit', '1gbit', or a number of bits per second. Gives bit/s. */
export function bitrate() {
  return quantity(RATES, 'a rate such as 512kbit, 100 mbit or 1gbit, or a number of bits per second');
}

/** A size: '64KiB', '1 MB', or a number of bytes. Gives bytes. */
export function byteSize() {
  return quantity(SIZES, 'a size such as 1500B, 64KiB or 1MB, or a number of bytes');
}

/** A share: '1%', or a number between 0 and 1. Gives 0 to 1. */
export function ratio() {
  const error = 'expected a share such as 1%, or a number from 0 to 1';
  return z
    .union([z.number(), z.string().regex(/^\s*\d+(\.\d+)?\s*%?\s*$/, { error })], { error })
    .transform((value, context) => {
      const percent = typeof value === 'string' && value.includes('%');
      const share = typeof value === 'number' ? value : Number.parseFloat(value) / (percent ? 100 : 1);
      if (share >= 0 && share <= 1) return share;
      context.addIssue({ code: 'custom', message: error });
      return z.NEVER;
    });
}

/** '10.0.0.1' or 'fe80::1'. */
export function ipAddress() {
  return parsed((text) => IpAddress.parse(text), 'an address such as 10.0.0.1');
}

/** '10.0.0.1/24'. */
export function cidr() {
  return parsed((text) => Cidr.parse(text), 'an address with its prefix, such as 10.0.0.1/24');
}

/** '02:00:00:00:00:01'. */
export function macAddress() {
  return parsed((text) => MacAddress.parse(text), 'a hardware address such as 02:00:00:00:00:01');
}

/**
 * A moment: '2026-01-01T00:00:00Z', or ms since 1970. Gives ms. The calendar is reckoned here (Gregorian, UTC): core
 * does not ask the host for dates.
 */
export function moment() {
  const error = 'expected a time in UTC such as 2026-01-01T00:00:00Z, or milliseconds since 1970';
  const pattern = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?$/;
  return z
    .union([z.number(), z.string().regex(pattern, { error })], { error })
    .transform((value) => (typeof value === 'number' ? value : readMoment(value)));
}

function readMoment(text: string): number {
  const [year, month, day, hour = 0, minute = 0, second = 0] = text.split(/[-T:Z]/).map(Number);
  // Days since 1970 with years that begin in March, so that the leap day is the last one.
  const y = month > 2 ? year : year - 1;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const days = y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + ofYear - 719_468;
  return ((days * 24 + hour) * 60 + minute) * 60_000 + Math.round(second * 1000);
}

function quantity(units: Record<string, number>, expected: string) {
  const names = Object.keys(units).join('|');
  // The pattern is part of the JSON Schema: editors know the units.
  const pattern = new RegExp(`^\\s*\\d+(\\.\\d+)?\\s*(${names})\\s*$`);
  const error = `expected ${expected}`;
  return z
    .union([z.number().nonnegative({ error }), z.string().regex(pattern, { error })], { error })
    .transform((value) => {
      if (typeof value === 'number') return value;
      const unit = /[a-zA-Z]+/.exec(value)?.[0] ?? '';
      // Through a rounding, so that 0.3 s is 300 ms and not 299.99…
      return Number((Number.parseFloat(value) * units[unit]).toPrecision(12));
    });
}

function parsed<T>(read: (text: string) => T | undefined, expected: string) {
  return z.string({ error: `expected ${expected}` }).transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `"${text}" is not ${expected}` });
    return z.NEVER;
  });
}
