import { isErrno } from '../freebsd/errno.js';
import { BSD_OPTIONS, compareBsdOption, tellBsdOption } from '../freebsd/options.js';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import type { EnvironmentOptions } from '../run/environment.js';
import { asNumber, describeValue, inside } from './constants.js';
import { type Descriptor, type Result, success } from './descriptor.js';
import { FAST_OPEN_OPTIONS, tellFastOpen } from './fast-open-options.js';
import { number } from './option-values.js';
import { StreamSocket } from './stream.js';
import { compareLinger, TCP_OPTIONS, tellTcpOption } from './tcp-options.js';

/** Options that change nothing here: two sockets of a script never meet, and nobody reads priorities or marks. */
const WITHOUT_EFFECT = [
  'SO_REUSEADDR',
  'SO_REUSEPORT',
  'SO_DEBUG',
  'SO_MARK',
  'SO_NOSIGPIPE',
  'SO_INCOMING_CPU',
  'SO_DONTROUTE',
  'SO_BROADCAST',
  'SO_USELOOPBACK',
  'SO_TIMESTAMP',
  'SO_BINTIME',
  'SO_SETFIB',
  'SO_USER_COOKIE',
  'SO_NO_OFFLOAD',
  'SO_NO_DDP',
  'SO_SNDLOWAT',
  'SO_REUSEPORT_LB',
  'IP_PORTRANGE',
  'IPV6_PORTRANGE',
  'IP_DONTFRAG',
  'IPV6_DONTFRAG',
  'IPV6_V6ONLY',
  'IP_BINDANY',
  'IPV6_BINDANY',
  'TCP_LOG',
  'TCP_LOGBUF',
  'TCP_LOGID',
  'TCP_PCAP_IN',
  'TCP_PCAP_OUT',
  'TCP_CCALGOOPT',
  'SO_BUSY_POLL',
  'SO_BINDTODEVICE',
  'SO_TXTIME',
  'SO_NO_CHECK',
  'SO_LOCK_FILTER',
  'SO_TIMESTAMPNS',
  'IP_MTU_DISCOVER',
  'IPV6_MTU_DISCOVER',
  'IP_RECVTOS',
  'IP_RECVTTL',
  'IP_FREEBIND',
  'IP_TRANSPARENT',
  'IP_BIND_ADDRESS_NO_PORT',
  'IP_PKTINFO',
  'TCP_THIN_DUPACK',
  'TCP_DELACK',
  'IPV6_RECVPKTINFO',
  'IPV6_RECVHOPLIMIT',
  'IPV6_RECVTCLASS',
];

/** `setsockopt(fd, level, name, value, length)`. @throws Unsupported where the stack does not have it. */
export function setOption(socket: Descriptor, name: string, value: Value, world: EnvironmentOptions): Result {
  if (WITHOUT_EFFECT.includes(name)) {
    const given = inside(value);
    if (socket instanceof StreamSocket && given.kind === 'number') socket.remembered.set(name, given.value);
    return success();
  }
  if (!(socket instanceof StreamSocket)) throw new Unsupported(`${name} of a UDP socket`);
  const own = socket.linux ? undefined : BSD_OPTIONS[name];
  if (own !== undefined) return own(socket, value, world);
  const setting = EARLY[name];
  if (setting !== undefined) {
    if (socket.session !== null) throw new Unsupported(`${name} once there is a connection`);
    return setting(socket, value, world);
  }
  const any = TCP_OPTIONS[name] ?? FAST_OPEN_OPTIONS[name];
  if (any === undefined) throw new Unsupported(name);
  return any(socket, value, world);
}

type Setter = (socket: StreamSocket, value: Value, world: EnvironmentOptions) => Result;

/** What a connection learns when it is made, and not later. */
const EARLY: Record<string, Setter> = {
  TCP_NOOPT: (_socket, value) => {
    if (number(value) !== 0) throw new Unsupported('TCP_NOOPT');
    return success();
  },
};

/** `getsockopt(fd, level, name, expected, length)`: compares what it tells with what the script expects. */
type Failing = Descriptor & { takeError?(): string | null; takeAnyError?(): string | null };

export function getOption(socket: Failing, name: string, expected: Value): Result {
  if (name === 'SO_LINGER' && socket instanceof StreamSocket) return compareLinger(socket, expected);
  if (socket instanceof StreamSocket && !socket.linux && compareBsdOption(socket, name, expected)) return success();
  const told = ask(socket, name);
  const wanted = inside(expected);
  if (wanted.kind === 'open') return success();
  if (typeof told === 'string') {
    const is =
      wanted.kind === 'text' || wanted.kind === 'word'
        ? wanted.kind === 'text'
          ? wanted.text
          : wanted.name
        : describeValue(wanted);
    const same = is === told || (wanted.kind === 'number' && isErrno(told, wanted.value));
    if (!same) throw new Mismatch(`${name} is another`, is, told);
    return success();
  }
  if (asNumber(wanted) !== told) throw new Mismatch(`${name} is another`, describeValue(wanted), String(told));
  return success();
}

function ask(socket: Failing, name: string): number | string {
  if (name === 'SO_ERROR') return socket.takeAnyError?.() ?? socket.takeError?.() ?? '0';
  if (!(socket instanceof StreamSocket)) throw new Unsupported(`getsockopt ${name} of a UDP socket`);
  const own = socket.linux ? undefined : tellBsdOption(socket, name);
  const told = own ?? tellTcpOption(socket, name);
  if (told === undefined && WITHOUT_EFFECT.includes(name)) return socket.remembered.get(name) ?? 0;
  return told ?? tellFastOpen(socket, name);
}
