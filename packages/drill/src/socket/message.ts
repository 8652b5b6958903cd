import { Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue } from './constants.js';

/** How many bytes a msghdr has room for, or brings. */
export function messageBytes(message: Value): number {
  const vector = message.kind === 'struct' ? message.fields.get('msg_iov') : undefined;
  // An error queue may be read without room for data.
  if (message.kind === 'struct' && vector === undefined) return 0;
  if (vector === undefined || vector.kind !== 'list') throw new Unsupported(`the message ${describeValue(message)}`);
  let bytes = 0;
  for (const each of vector.items) {
    const length =
      each.kind === 'struct' ? (each.items[each.items.length - 1] ?? each.fields.get('iov_len')) : undefined;
    if (length === undefined) throw new Unsupported(`the vector ${describeValue(each)}`);
    bytes += asNumber(length);
  }
  return bytes;
}
