import { CookieKeys } from '@netwright/layers';
import { Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue, inside } from './constants.js';
import { failure, type Result, success } from './descriptor.js';
import type { FastOpenChoices } from './opening.js';
import type { StreamSocket } from './stream.js';

/** What one socket chooses of fast open. */
export class FastOpenChoice implements FastOpenChoices {
  /** TCP_FASTOPEN; null where it was not set. */
  pending: number | null = null;
  /** TCP_FASTOPEN_CONNECT, and FreeBSD's TCP_FASTOPEN of a client. */
  connect = false;
  /** TCP_FASTOPEN_NO_COOKIE. */
  withoutCookie = false;
  /** TCP_FASTOPEN_KEY, and its bytes. */
  keys: CookieKeys | null = null;
}

const number = (value: Value) => asNumber(inside(value));

/** A number, or FreeBSD's struct tcp_fastopen without a key that both ends share. @throws Unsupported */
function enabled(value: Value): number {
  const given = inside(value);
  if (given.kind !== 'struct') return asNumber(given);
  const key = given.fields.get('psk') ?? given.items[1];
  const none = key === undefined || key.kind === 'open' || (key.kind === 'number' && key.value === 0);
  if (!none) throw new Unsupported(`a shared key of fast open: ${describeValue(value)}`);
  const on = given.fields.get('enable') ?? given.items[0];
  if (on === undefined) throw new Unsupported(`TCP_FASTOPEN ${describeValue(value)}`);
  return asNumber(inside(on));
}

/** setsockopt of fast open (tcp(7)). */
export const FAST_OPEN_OPTIONS: Record<string, (socket: StreamSocket, value: Value, world: World) => Result> = {
  TCP_FASTOPEN: (socket, value, { profile }) => {
    const asked = enabled(value);
    if (socket.session !== null || asked < 0) return failure('EINVAL');
    if (profile.name === 'freebsd') {
      // One option for both sides: a client's connect() waits for data, a server takes what SYNs bring.
      socket.fast.connect = asked !== 0;
      socket.allowFastOpens(asked === 0 ? 0 : FREEBSD_PENDING);
    } else socket.allowFastOpens(asked);
    return success();
  },
  TCP_FASTOPEN_CONNECT: (socket, value) => {
    const on = number(value);
    if (on < 0 || on > 1) return failure('EINVAL');
    if (!socket.mayConnectFast) return failure('EOPNOTSUPP');
    if (socket.session !== null || socket.listener !== null) return failure('EINVAL');
    socket.fast.connect = on === 1;
    return success();
  },
  TCP_FASTOPEN_NO_COOKIE: (socket, value) => {
    const on = number(value);
    if (on < 0 || on > 1 || socket.session !== null) return failure('EINVAL');
    socket.fast.withoutCookie = on === 1;
    return success();
  },
  TCP_FASTOPEN_KEY: (socket, value) => {
    const key = inside(value);
    if (key.kind !== 'text') throw new Unsupported(`TCP_FASTOPEN_KEY ${describeValue(value)}`);
    const bytes = Uint8Array.from(key.text, (letter) => letter.charCodeAt(0));
    if (bytes.length !== 16 && bytes.length !== 32) return failure('EINVAL');
    const keys = bytes.length === 16 ? [bytes] : [bytes.slice(0, 16), bytes.slice(16)];
    socket.fast.keys = new CookieKeys(keys);
    return success();
  },
};

/** What the options need of a script's world. */
interface World {
  readonly profile: { readonly name: string };
}

/** As many as FreeBSD lets wait. */
const FREEBSD_PENDING = 64;

/** getsockopt of fast open. @throws Unsupported for anything else. */
export function tellFastOpen(socket: StreamSocket, name: string): number {
  switch (name) {
    case 'TCP_FASTOPEN':
      return socket.listener?.fastOpenLimit ?? socket.fast.pending ?? 0;
    case 'TCP_FASTOPEN_CONNECT':
      return socket.fast.connect ? 1 : 0;
    case 'TCP_FASTOPEN_NO_COOKIE':
      return socket.fast.withoutCookie ? 1 : 0;
    default:
      throw new Unsupported(`getsockopt ${name}`);
  }
}
