import { override } from '@netwright/core';
import {
  AdaptiveRecovery,
  BSD_RECOVERY,
  freebsdRules,
  TCP_OPTIONS as LAYOUT,
  NoOptionLayout,
  TCP_RECOVERY,
} from '@netwright/layers';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import type { EnvironmentOptions } from '../run/environment.js';
import { describeValue, inside } from '../socket/constants.js';
import { failure, type Result, success } from '../socket/descriptor.js';
import { number } from '../socket/option-values.js';
import type { StreamSocket } from '../socket/stream.js';
import { TCP_OPTIONS } from '../socket/tcp-options.js';

type Setter = (socket: StreamSocket, value: Value, world: EnvironmentOptions) => Result;

/** What TCP_MAXSEG may lower: the size that a socket has before its peer has told one (net.inet.tcp.mssdflt), and minmss. */
const DEFAULT_SEGMENT = 536;
const LEAST_SEGMENT = 216;
/** Seconds beyond which times do not fit the kernel's ticks. */
const MOST_SECONDS = Math.floor(0xffffffff / 1000);

/** The stacks that there are; the value is whether it finds losses by time, and probes. */
const STACKS: Record<string, boolean> = { freebsd: false, default: false, rack: true, bbr: true };

const seconds = (set: (socket: StreamSocket, ms: number) => Result): Setter => {
  return (socket, value) => {
    const asked = number(value);
    return asked < 0 || asked > MOST_SECONDS ? failure('EINVAL') : set(socket, 1000 * asked);
  };
};

/** A buffer of `kern.ipc.maxsockbuf` counts what its mbufs take beside the data: of nine parts, eight are data. */
const buffer = (set: Setter): Setter => {
  return (socket, value, world) => {
    const asked = number(value);
    if (asked < 1) return failure('EINVAL');
    const most = world.rules?.largestBuffer ?? freebsdRules().largestBuffer;
    return asked > Math.floor((most * 8) / 9) ? failure('ENOBUFS') : set(socket, value, world);
  };
};

/** setsockopt as FreeBSD has it where that differs from Linux (tcp(4), setsockopt(2)). */
export const BSD_OPTIONS: Record<string, Setter> = {
  // net.inet.tcp.always_keepalive is on: this turns nothing off.
  SO_KEEPALIVE: (socket, value) => {
    socket.keepsAlive = number(value) !== 0;
    const always = socket.inDrill.sysctls.get('net.inet.tcp.always_keepalive') !== '0';
    return socket.configure({ keepAlive: always || socket.keepsAlive });
  },
  SO_RCVBUF: buffer((...given) => TCP_OPTIONS.SO_RCVBUF(...given)),
  SO_SNDBUF: buffer((...given) => TCP_OPTIONS.SO_SNDBUF(...given)),
  TCP_KEEPINIT: seconds((socket, ms) => socket.configure({ openTimeout: ms })),
  TCP_KEEPIDLE: seconds((socket, ms) => socket.configure({ keepAliveIdle: ms })),
  TCP_KEEPINTVL: seconds((socket, ms) => (ms === 0 ? success() : socket.configure({ keepAliveInterval: ms }))),
  TCP_KEEPCNT: (socket, value) => {
    const times = number(value);
    return times < 1 ? failure('EINVAL') : socket.configure({ keepAliveProbes: times });
  },
  TCP_MAXUNACKTIME: seconds((socket, ms) => socket.configure({ userTimeout: ms })),
  TCP_NOOPT: (socket, value) => {
    const at = socket.overrides.findIndex((each) => each.by === 'TCP_NOOPT');
    if (at >= 0) socket.overrides.splice(at, 1);
    if (number(value) === 0) return success();
    if (socket.session !== null) return success();
    socket.overrides.push(override(LAYOUT, { value: new NoOptionLayout() }, 'TCP_NOOPT'));
    return success();
  },
  TCP_MAXSEG: (socket, value) => {
    const bytes = number(value);
    const { session } = socket;
    const now = session === null ? DEFAULT_SEGMENT : session.sender.mss + session.transmitter.usualOptions;
    if (bytes <= 0 || bytes > now || bytes + 40 < LEAST_SEGMENT) return failure('EINVAL');
    if (session === null) socket.maxSegment = bytes;
    else session.sender.mss = bytes - session.transmitter.usualOptions;
    return success();
  },
  TCP_FUNCTION_BLK: (socket, value) => {
    const name = stackName(value);
    if (!(name in STACKS)) return failure('ENOENT');
    socket.stackName = name;
    const choices = STACKS[name]
      ? { ...BSD_RECOVERY, detection: 'time' as const, adaptive: true, probes: true }
      : BSD_RECOVERY;
    socket.overrides.push(override(TCP_RECOVERY, { make: () => new AdaptiveRecovery(choices) }, name));
    return success();
  },
  SO_OOBINLINE: (socket, value) => {
    socket.urgentInLine = number(value) !== 0;
    return success();
  },
  TCP_REMOTE_UDP_ENCAPS_PORT: (socket, value) => {
    const port = number(value);
    if (port < 0 || port > 65_535) return failure('EINVAL');
    socket.tunnelPort = port;
    return success();
  },
};

function stackName(value: Value): string {
  const given = inside(value);
  if (given.kind === 'text') return given.text;
  const named = given.kind === 'struct' ? (given.fields.get('function_set_name') ?? given.items[0]) : undefined;
  if (named === undefined) throw new Unsupported(`TCP_FUNCTION_BLK ${describeValue(value)}`);
  if (named.kind === 'text') return named.text;
  if (named.kind === 'word') return named.name;
  throw new Unsupported(`TCP_FUNCTION_BLK ${describeValue(value)}`);
}

/** Options without a number that are asked for; false for another. @throws Mismatch */
export function compareBsdOption(socket: StreamSocket, name: string, expected: Value): boolean {
  if (name !== 'TCP_FUNCTION_BLK') return false;
  const given = inside(expected);
  const asked = given.kind === 'struct' ? (given.fields.get('function_set_name') ?? given.items[0]) : given;
  if (asked.kind === 'open') return true;
  const wanted = stackName(expected);
  if (wanted !== socket.stackName) throw new Mismatch('TCP_FUNCTION_BLK is another', wanted, socket.stackName);
  return true;
}

/** Options of a socket that are told as the bit that stands for them (getsockopt(2)). */
const BITS: Record<string, number> = {
  SO_DEBUG: 0x1,
  SO_REUSEADDR: 0x4,
  SO_DONTROUTE: 0x10,
  SO_BROADCAST: 0x20,
  SO_USELOOPBACK: 0x40,
  SO_REUSEPORT: 0x200,
  SO_TIMESTAMP: 0x400,
  SO_NOSIGPIPE: 0x800,
  SO_BINTIME: 0x2000,
  SO_NO_OFFLOAD: 0x4000,
  SO_NO_DDP: 0x8000,
  SO_REUSEPORT_LB: 0x10000,
};

/** What getsockopt tells of them; undefined for an option that FreeBSD has like any other. */
export function tellBsdOption(socket: StreamSocket, name: string): number | undefined {
  const { session, inEffect } = socket;
  switch (name) {
    case 'SO_KEEPALIVE':
      return socket.keepsAlive ? 8 : 0;
    case 'SO_RCVBUF':
      return session?.receiver.limit ?? inEffect.receiveBuffer;
    case 'SO_SNDBUF':
      return session?.sender.buffer.limit ?? inEffect.sendBuffer;
    case 'TCP_NODELAY':
      return (session?.sender.noDelay ?? inEffect.noDelay) ? 4 : 0;
    case 'TCP_KEEPINIT':
      return inEffect.openTimeout / 1000;
    case 'TCP_MAXUNACKTIME':
      return inEffect.userTimeout / 1000;
    case 'TCP_NOOPT':
      return socket.overrides.some((each) => each.by === 'TCP_NOOPT') ? 8 : 0;
    case 'TCP_MAXSEG':
      if (session === null) return socket.maxSegment || DEFAULT_SEGMENT;
      return session.sender.mss + session.transmitter.usualOptions;
    case 'SO_OOBINLINE':
      return socket.urgentInLine ? 0x100 : 0;
    case 'SO_ACCEPTCONN':
      return socket.listener === null ? 0 : 2;
    case 'SO_LISTENQLIMIT':
      return socket.backlogAsked;
    case 'SO_LISTENQLEN':
      return socket.waitingCount;
    case 'SO_LISTENINCQLEN':
      return 0;
    case 'TCP_REMOTE_UDP_ENCAPS_PORT':
      return socket.tunnelPort;
    case 'TCP_NOPUSH':
      return socket.corked ? 0x1000 : 0;
    default: {
      const bit = BITS[name];
      return bit === undefined || !socket.remembered.get(name) ? undefined : bit;
    }
  }
}
