import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { congestionMaker } from '../profile/congestion.js';
import type { EnvironmentOptions } from '../run/environment.js';
import { describeValue, inside } from './constants.js';
import { failure, type Result, success } from './descriptor.js';
import { setMd5Key } from './md5-option.js';
import { field, number } from './option-values.js';
import type { StreamSocket } from './stream.js';

/** Linux's bounds of TCP_MAXSEG, in bytes, of TCP_KEEPIDLE and TCP_KEEPINTVL, in seconds, of TCP_KEEPCNT and TCP_LINGER2. */
const MAXSEG = { least: 88, most: 32_767 };
const MOST_SECONDS = 32_767;
const MOST_PROBES = 127;
const MOST_LINGER = 120;
/** Half of the least receive buffer: no smaller clamp is taken. */
const LEAST_CLAMP = 1152;
/** What TCP_CONGESTION may name: Linux says ENOENT of anything else. */
const LINUX_CONGESTION =
  'cubic reno bbr bic cdg dctcp highspeed htcp hybla illinois lp nv scalable vegas veno westwood yeah'.split(' ');
const UNLIMITED = [-1, 0xffffffff, 2 ** 64 - 1, 2 ** 64];

type Setter = (socket: StreamSocket, value: Value, world: EnvironmentOptions) => Result;

function between(least: number, most: number, set: (socket: StreamSocket, value: number) => Result): Setter {
  return (socket, value) => {
    const asked = number(value);
    return asked < least || asked > most ? failure('EINVAL') : set(socket, asked);
  };
}

/** Options of a TCP socket that can change at any time (tcp(7), socket(7)). */
export const TCP_OPTIONS: Record<string, Setter> = {
  SO_SNDBUF: (socket, value, { profile }) => {
    socket.sendBuffer = profile.bufferSize(number(value), 'send');
    return socket.configure({ sendBuffer: Math.max(1, socket.sendBuffer), sendBufferMax: 0 });
  },
  SO_RCVBUF: (socket, value, { profile }) => {
    socket.receiveBuffer = profile.bufferSize(number(value), 'receive');
    return socket.configure({
      receiveBuffer: Math.max(1, socket.receiveBuffer),
      receiveBufferMax: 0,
    });
  },
  SO_SNDBUFFORCE: (socket, value, world) => TCP_OPTIONS.SO_SNDBUF(socket, value, world),
  SO_RCVBUFFORCE: (socket, value, world) => TCP_OPTIONS.SO_RCVBUF(socket, value, world),
  SO_OOBINLINE: (socket, value) => {
    socket.urgentInLine = number(value) !== 0;
    return success();
  },
  // The lower two bits are ECN's.
  IP_TOS: (socket, value) => socket.configure({ dscp: (number(value) & 0xff) >> 2 }),
  IPV6_TCLASS: (socket, value) => socket.configure({ dscp: (number(value) & 0xff) >> 2 }),
  TCP_THIN_LINEAR_TIMEOUTS: between(0, 1, (socket, on) => socket.configure({ thinLinear: on === 1 })),
  SO_KEEPALIVE: (socket, value) => socket.configure({ keepAlive: number(value) !== 0 }),
  TCP_KEEPIDLE: between(1, MOST_SECONDS, (socket, seconds) => socket.configure({ keepAliveIdle: 1000 * seconds })),
  TCP_KEEPINTVL: between(1, MOST_SECONDS, (socket, seconds) => socket.configure({ keepAliveInterval: 1000 * seconds })),
  TCP_KEEPCNT: between(1, MOST_PROBES, (socket, times) => socket.configure({ keepAliveProbes: times })),
  TCP_LINGER2: (socket, value) => {
    const seconds = number(value);
    if (seconds < 0) return socket.configure({ finWait2Timeout: -1 });
    if (seconds === 0) return success();
    return socket.configure({ finWait2Timeout: 1000 * Math.min(seconds, MOST_LINGER) });
  },
  SO_LINGER: (socket, value) => {
    const on = field(value, 'SO_LINGER', 'onoff', 'l_onoff') !== 0;
    socket.linger = on ? 1000 * field(value, 'SO_LINGER', 'linger', 'l_linger') : null;
    return success();
  },
  SO_RCVTIMEO: (socket, value) => {
    socket.readTimeout = interval(value, 'SO_RCVTIMEO');
    return success();
  },
  SO_SNDTIMEO: (socket, value) => {
    socket.writeTimeout = interval(value, 'SO_SNDTIMEO');
    return success();
  },
  TCP_NODELAY: (socket, value) => {
    const on = number(value) !== 0;
    const result = socket.configure({ noDelay: on });
    const { session, corked } = socket;
    if (on && corked && socket.linux && session !== null) {
      // What waits goes, though what follows is held back as before (tcp(7)).
      session.cork(false);
      session.sender.corked = corked;
    }
    return result;
  },
  IP_TTL: (socket, value) => (socket.life.choose(number(value)) ? success() : failure('EINVAL')),
  IPV6_UNICAST_HOPS: (socket, value) => (socket.life.choose(number(value)) ? success() : failure('EINVAL')),
  TCP_SAVE_SYN: remember('TCP_SAVE_SYN', 0, 2),
  SO_PRIORITY: remember('SO_PRIORITY', 0, 0xffffffff),
  IP_RECVERR: hearErrors,
  IPV6_RECVERR: hearErrors,
  TCP_DEFER_ACCEPT: (socket, value) => {
    socket.deferAccept(1000 * Math.max(0, number(value)));
    return success();
  },
  TCP_MD5SIG: setMd5Key,
  TCP_MD5SIG_EXT: setMd5Key,
  TCP_CORK: cork,
  TCP_NOPUSH: cork,
  TCP_SYNCNT: between(1, MOST_PROBES, (socket, times) => socket.configure({ synRetries: times, synAckRetries: times })),
  TCP_MAXSEG: (socket, value) => {
    const bytes = number(value);
    if (bytes !== 0 && (bytes < MAXSEG.least || bytes > MAXSEG.most)) return failure('EINVAL');
    // A connection that is there has told its peer already.
    if (socket.session !== null) return success();
    socket.maxSegment = bytes;
    return socket.configure({ mss: bytes });
  },
  TCP_USER_TIMEOUT: between(0, 0x7fffffff, (socket, ms) => socket.configure({ userTimeout: ms })),
  TCP_NOTSENT_LOWAT: (socket, value) => {
    const bytes = number(value);
    return socket.configure({ notSentLowWater: bytes < 0 || bytes >= 0xffffffff ? 0 : bytes });
  },
  TCP_WINDOW_CLAMP: (socket, value) => {
    const bytes = number(value);
    if (bytes === 0 && socket.session !== null) return failure('EINVAL');
    return socket.configure({ windowClamp: bytes === 0 ? 0 : Math.max(bytes, LEAST_CLAMP) });
  },
  TCP_QUICKACK: (socket, value) => {
    const on = number(value) !== 0;
    socket.quickAck = on;
    socket.session?.behaviour.ack.hurry?.(on);
    const { receiver } = socket.session ?? {};
    // What has not been read yet may still be answered.
    const read =
      receiver !== undefined &&
      (receiver.readable === 0 || receiver.ackFacts.unacknowledged > receiver.ackFacts.segmentSize);
    if (on && read) socket.session?.acknowledge();
    return success();
  },
  TCP_INQ: between(0, 1, (socket, on) => {
    socket.tellsInq = on === 1;
    return success();
  }),
  TCP_CONGESTION: (socket, value, { congestion }) => {
    const name = inside(value);
    if (name.kind !== 'text') throw new Unsupported(`TCP_CONGESTION ${describeValue(value)}`);
    if (socket.linux && !LINUX_CONGESTION.includes(name.text)) return failure('ENOENT');
    const make = congestionMaker(name.text, congestion);
    if (socket.session === null) socket.chooseCongestion(name.text, make);
    else socket.session.useCongestion(make());
    return success();
  },
  SO_RCVLOWAT: (socket, value) => {
    const bytes = number(value);
    const most = (socket.receiveBuffer ?? socket.inEffect.receiveBufferMax) / 2;
    socket.readLowWater = bytes < 0 ? (socket.linux ? most : Number.MAX_SAFE_INTEGER) : Math.max(1, bytes);
    return success();
  },
  SO_MAX_PACING_RATE: (socket, value) => {
    const rate = number(value);
    return socket.configure({ maxPacingRate: UNLIMITED.includes(rate) ? 0 : rate });
  },
  SO_ZEROCOPY: between(0, 1, (socket, on) => {
    socket.errors.zeroCopy = on === 1;
    return success();
  }),
  SO_TIMESTAMPING: (socket, value) => {
    socket.errors.setStamps(number(value), socket.session);
    return success();
  },
};

/** TCP_DEFER_ACCEPT as Linux tells it: as long as so many SYN-ACKs take that wait twice as long each time. */
function deferredSeconds(ms: number): number {
  let seconds = 0;
  for (let wait = 1; 1000 * seconds < ms; wait *= 2) seconds += wait;
  return seconds;
}

/** A struct timeval in ms. */
function interval(value: Value, option: string): number {
  return 1000 * field(value, option, 'tv_sec', 'sec') + field(value, option, 'tv_usec', 'usec') / 1000;
}

/** An option that is told again, and changes nothing here. */
function remember(name: string, least: number, most: number): Setter {
  return between(least, most, (socket, value) => {
    socket.remembered.set(name, value);
    return success();
  });
}

function hearErrors(socket: StreamSocket, value: Value): Result {
  socket.hearErrors(number(value) !== 0);
  return success();
}

function cork(socket: StreamSocket, value: Value): Result {
  socket.corked = number(value) !== 0;
  socket.session?.cork(socket.corked);
  return success();
}

/** What getsockopt tells of a TCP socket; undefined for an option that is not known here. */
export function tellTcpOption(socket: StreamSocket, name: string): number | string | undefined {
  const { session } = socket;
  const settings = socket.inEffect;
  switch (name) {
    case 'SO_RCVBUF':
      return socket.receiveBuffer ?? session?.receiver.limit ?? settings.receiveBuffer;
    case 'SO_SNDBUF':
      return socket.sendBuffer ?? session?.sender.buffer.limit ?? settings.sendBuffer;
    case 'TCP_NODELAY':
      return (session?.sender.noDelay ?? settings.noDelay) ? 1 : 0;
    case 'TCP_CORK':
    case 'TCP_NOPUSH':
      return socket.corked ? 1 : 0;
    case 'TCP_MAXSEG':
      if (session === null) return socket.maxSegment === 0 ? 536 : socket.maxSegment;
      return session.sender.mss;
    case 'TCP_CONGESTION':
      return session?.sender.congestion.name ?? socket.congestion ?? 'cubic';
    case 'SO_KEEPALIVE':
      return settings.keepAlive ? 1 : 0;
    case 'TCP_DEFER_ACCEPT':
      return deferredSeconds(socket.deferral);
    case 'TCP_QUICKACK':
      return socket.quickAck ? 1 : 0;
    case 'TCP_REPAIR':
    case 'TCP_TX_DELAY':
      return 0;
    case 'TCP_RTO_MAX_MS':
      return 120_000;
    case 'SO_SNDLOWAT':
      return 1;
    case 'IP_TTL':
    case 'IPV6_UNICAST_HOPS':
      return socket.life.ttl();
    case 'IP_MTU':
    case 'IPV6_MTU':
      return session?.transmitter.path.mtu ?? socket.inDrill.options.addresses.mtu;
    case 'IP_RECVERR':
    case 'IPV6_RECVERR':
      return socket.tellsErrors ? 1 : 0;
    case 'SO_PRIORITY':
    case 'TCP_SAVE_SYN':
      return socket.remembered.get(name) ?? 0;
    case 'TCP_KEEPIDLE':
      return settings.keepAliveIdle / 1000;
    case 'TCP_KEEPINTVL':
      return settings.keepAliveInterval / 1000;
    case 'TCP_KEEPCNT':
      return settings.keepAliveProbes;
    case 'TCP_LINGER2':
      return settings.finWait2Timeout < 0 ? -1 : settings.finWait2Timeout / 1000;
    case 'TCP_SYNCNT':
      return settings.synRetries;
    case 'TCP_USER_TIMEOUT':
      return settings.userTimeout;
    case 'TCP_NOTSENT_LOWAT':
      return settings.notSentLowWater;
    case 'TCP_WINDOW_CLAMP':
      return settings.windowClamp;
    case 'TCP_INQ':
      return socket.tellsInq ? 1 : 0;
    case 'SO_RCVLOWAT':
      return Math.min(socket.readLowWater, 0x7fffffff);
    case 'SO_MAX_PACING_RATE':
      return settings.maxPacingRate === 0 ? 0xffffffff : settings.maxPacingRate;
    case 'SO_ZEROCOPY':
      return socket.errors.zeroCopy ? 1 : 0;
    case 'SO_TIMESTAMPING':
      return socket.errors.stampFlags;
    case 'SO_ACCEPTCONN':
      return socket.listener === null ? 0 : 1;
    case 'SO_DOMAIN':
      return socket.inDrill.options.addresses.sockets === 4 ? 2 : 10;
    case 'SO_OOBINLINE':
      return socket.urgentInLine ? 1 : 0;
    case 'IP_TOS':
    case 'IPV6_TCLASS':
      return settings.dscp << 2;
    case 'TCP_THIN_LINEAR_TIMEOUTS':
      return settings.thinLinear ? 1 : 0;
    case 'SO_TYPE':
      return 1;
    case 'SO_PROTOCOL':
      return 6;
    default:
      return undefined;
  }
}

/** getsockopt of SO_LINGER: a struct. @throws Mismatch */
export function compareLinger(socket: StreamSocket, expected: Value): Result {
  if (inside(expected).kind === 'open') return success();
  const on = field(expected, 'SO_LINGER', 'onoff', 'l_onoff');
  const seconds = field(expected, 'SO_LINGER', 'linger', 'l_linger');
  const told = { on: socket.linger === null ? 0 : 1, seconds: (socket.linger ?? 0) / 1000 };
  if (on === told.on && seconds === told.seconds) return success();
  throw new Mismatch('SO_LINGER is another', describeValue(expected), `{onoff=${told.on}, linger=${told.seconds}}`);
}
