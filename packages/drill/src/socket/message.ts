import { Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue } from './constants.js';

/** How many bytes a msghdr has room for, or brings; and whether the script looks at its control messages. */
export function messageBytes(message: Value): { bytes: number; control: boolean } {
  const fields = fieldsOf(message);
  const vector = fields.get('msg_iov');
  if (vector === undefined || vector.kind !== 'list') throw new Unsupported(`the message ${describeValue(message)}`);
  let bytes = 0;
  for (const each of vector.items) {
    const length =
      each.kind === 'struct' ? (each.items[each.items.length - 1] ?? each.fields.get('iov_len')) : undefined;
    if (length === undefined) throw new Unsupported(`the vector ${describeValue(each)}`);
    bytes += asNumber(length);
  }
  return { bytes, control: hasControl(fields) };
}

/** @throws Unsupported when the message carries control messages. */
export function sentControl(message: Value): void {
  if (hasControl(fieldsOf(message))) throw new Unsupported('control messages of sendmsg');
}

function fieldsOf(message: Value): ReadonlyMap<string, Value> {
  if (message.kind !== 'struct') throw new Unsupported(`the message ${describeValue(message)}`);
  return message.fields;
}

function hasControl(fields: ReadonlyMap<string, Value>): boolean {
  const control = fields.get('msg_control');
  if (control === undefined || control.kind === 'open') return false;
  return !(control.kind === 'list' && control.items.length === 0);
}
