import { override } from '@netwright/core';
import { FixedTtl, IP_TTL } from '@netwright/layers';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { congestionByName } from '../profile/congestion.js';
import type { EnvironmentOptions } from '../run/environment.js';
import { asNumber, describeValue, inside } from './constants.js';
import { type Descriptor, failure, type Result, success } from './descriptor.js';
import { FAST_OPEN_OPTIONS, tellFastOpen } from './fast-open-options.js';
import { setMd5Key } from './md5-option.js';
import { StreamSocket } from './stream.js';

/** Options that change nothing here: two sockets of a script never meet, and nobody reads priorities or marks. */
const WITHOUT_EFFECT = [
  'SO_REUSEADDR',
  'SO_REUSEPORT',
  'SO_DEBUG',
  'SO_PRIORITY',
  'SO_MARK',
  'SO_NOSIGPIPE',
  'SO_INCOMING_CPU',
];

/** `setsockopt(fd, level, name, value, length)`. @throws Unsupported where the stack does not have it. */
export function setOption(socket: Descriptor, name: string, value: Value, world: EnvironmentOptions): Result {
  if (WITHOUT_EFFECT.includes(name)) return success();
  if (!(socket instanceof StreamSocket)) throw new Unsupported(`${name} of a UDP socket`);
  const setting = EARLY[name];
  if (setting !== undefined) {
    if (socket.session !== null) throw new Unsupported(`${name} once there is a connection`);
    return setting(socket, value, world);
  }
  const any = ANY_TIME[name] ?? FAST_OPEN_OPTIONS[name];
  if (any === undefined) throw new Unsupported(name);
  return any(socket, value, world);
}

type Setter = (socket: StreamSocket, value: Value, world: EnvironmentOptions) => Result;

const number = (value: Value) => asNumber(inside(value));

/** What a connection learns when it is made, and not later. */
const EARLY: Record<string, Setter> = {
  TCP_SYNCNT: (socket, value) => {
    const times = number(value);
    if (times < 1 || times > 127) return failure('EINVAL');
    socket.settings = { ...socket.settings, synRetries: times, synAckRetries: times };
    return success();
  },
  TCP_MAXSEG: (socket, value) => {
    socket.maxSegment = number(value);
    socket.settings = { ...socket.settings, mss: socket.maxSegment };
    return success();
  },
  TCP_NOOPT: (_socket, value) => {
    if (number(value) !== 0) throw new Unsupported('TCP_NOOPT');
    return success();
  },
  TCP_CONGESTION: (socket, value, { congestion }) => {
    const name = inside(value);
    if (name.kind !== 'text') throw new Unsupported(`TCP_CONGESTION ${describeValue(value)}`);
    socket.overrides.push(congestionByName(name.text, congestion));
    return success();
  },
  IP_TTL: (socket, value) => {
    socket.overrides.push(override(IP_TTL, { value: new FixedTtl(number(value)) }));
    return success();
  },
};

/** What can change at any time. */
const ANY_TIME: Record<string, Setter> = {
  SO_SNDBUF: (socket, value, { profile }) => {
    socket.sendBuffer = profile.bufferSize(number(value));
    return socket.configure({ sendBuffer: Math.max(1, socket.sendBuffer) });
  },
  SO_RCVBUF: (socket, value, { profile }) => {
    socket.receiveBuffer = profile.bufferSize(number(value));
    return socket.configure({ receiveBuffer: Math.max(1, socket.receiveBuffer) });
  },
  SO_KEEPALIVE: (socket, value) => socket.configure({ keepAlive: number(value) !== 0 }),
  TCP_KEEPIDLE: (socket, value) => socket.configure({ keepAliveIdle: 1000 * number(value) }),
  TCP_KEEPINTVL: (socket, value) => socket.configure({ keepAliveInterval: 1000 * number(value) }),
  TCP_KEEPCNT: (socket, value) => socket.configure({ keepAliveProbes: number(value) }),
  TCP_LINGER2: (socket, value) => socket.configure({ finWait2Timeout: 1000 * Math.max(0, number(value)) }),
  SO_LINGER: (socket, value) => {
    const struct = inside(value);
    if (struct.kind !== 'struct') throw new Unsupported(`SO_LINGER ${describeValue(value)}`);
    const field = (...names: string[]) => {
      const found = names.map((each) => struct.fields.get(each)).find((each) => each !== undefined);
      return found === undefined ? 0 : asNumber(found);
    };
    socket.linger = field('onoff', 'l_onoff') === 0 ? null : 1000 * field('linger', 'l_linger');
    return success();
  },
  TCP_NODELAY: (socket, value) => {
    return socket.configure({ noDelay: number(value) !== 0 });
  },
  TCP_MD5SIG: setMd5Key,
  TCP_MD5SIG_EXT: setMd5Key,
  TCP_DEFER_ACCEPT: (socket, value) => {
    socket.deferAccept(1000 * Math.max(0, number(value)));
    return success();
  },
  TCP_CORK: cork,
  TCP_NOPUSH: cork,
};

function cork(socket: StreamSocket, value: Value): Result {
  socket.corked = number(value) !== 0;
  socket.session?.cork(socket.corked);
  return success();
}

/** `getsockopt(fd, level, name, expected, length)`: compares what it tells with what the script expects. */
export function getOption(
  socket: Descriptor & { takeError?(): string | null },
  name: string,
  expected: Value,
  world: EnvironmentOptions,
): Result {
  const told = ask(socket, name, world);
  const wanted = inside(expected);
  if (wanted.kind === 'open') return success();
  if (typeof told === 'string') {
    const is =
      wanted.kind === 'text' || wanted.kind === 'word'
        ? wanted.kind === 'text'
          ? wanted.text
          : wanted.name
        : describeValue(wanted);
    if (is !== told && !(told === '0' && is === '0')) throw new Mismatch(`${name} is another`, is, told);
    return success();
  }
  if (asNumber(wanted) !== told) throw new Mismatch(`${name} is another`, describeValue(wanted), String(told));
  return success();
}

function ask(
  socket: Descriptor & { takeError?(): string | null },
  name: string,
  { profile }: EnvironmentOptions,
): number | string {
  if (name === 'SO_ERROR') return socket.takeError?.() ?? '0';
  if (!(socket instanceof StreamSocket)) throw new Unsupported(`getsockopt ${name} of a UDP socket`);
  const { session, settings } = socket;
  switch (name) {
    case 'SO_RCVBUF':
      return socket.receiveBuffer ?? settings.receiveBuffer ?? profile.settings.receiveBuffer ?? 0;
    case 'SO_SNDBUF':
      return socket.sendBuffer ?? settings.sendBuffer ?? profile.settings.sendBuffer ?? 0;
    case 'TCP_NODELAY':
      return (session?.sender.noDelay ?? settings.noDelay === true) ? 1 : 0;
    case 'TCP_MAXSEG':
      if (session === null) return socket.maxSegment === 0 ? 536 : socket.maxSegment;
      return session.sender.mss;
    case 'TCP_CONGESTION':
      return session?.sender.congestion.name ?? 'cubic';
    default:
      return tellFastOpen(socket, name);
  }
}
