import { Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue, inside } from './constants.js';

/** The number that an option is set to: `[1]`. */
export const number = (value: Value): number => asNumber(inside(value));

/** A field of an option's struct by one of its names; 0 where it is not written. @throws Unsupported for no struct */
export function field(value: Value, option: string, ...names: string[]): number {
  const struct = inside(value);
  if (struct.kind !== 'struct') throw new Unsupported(`${option} ${describeValue(value)}`);
  const found = names.map((each) => struct.fields.get(each)).find((each) => each !== undefined);
  return found === undefined ? 0 : asNumber(found);
}
