import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';

/** Names that scripts use in calls, with Linux's numbers: only flags that are joined need theirs, others are told apart. */
const NUMBERS: Record<string, number> = {
  NULL: 0,
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
  TCPI_OPT_USEC_TS: 64,
  TCPI_OPT_TFO_CHILD: 128,
  AF_INET: 2,
  PF_INET: 2,
  AF_INET6: 10,
  PF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_NONBLOCK: 0x800,
  SOCK_CLOEXEC: 0x80000,
  IPPROTO_IP: 0,
  IPPROTO_TCP: 6,
  IPPROTO_UDP: 17,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_NONBLOCK: 0x800,
  SHUT_RD: 0,
  SHUT_WR: 1,
  SHUT_RDWR: 2,
  SOMAXCONN: 4096,
  INADDR_ANY: 0,
  MSG_OOB: 0x1,
  MSG_PEEK: 0x2,
  MSG_DONTROUTE: 0x4,
  MSG_TRUNC: 0x20,
  MSG_DONTWAIT: 0x40,
  MSG_EOR: 0x80,
  MSG_EOF: 0x200,
  TCPI_OPT_TFO: 0x20,
  TCPI_OPT_ACE: 0x40,
  TCPI_OPT_TOE: 0x10,
  MSG_WAITALL: 0x100,
  MSG_NOSIGNAL: 0x4000,
  MSG_MORE: 0x8000,
  MSG_ZEROCOPY: 0x4000000,
  MSG_FASTOPEN: 0x20000000,
  MSG_ERRQUEUE: 0x2000,
  SPLICE_F_MOVE: 1,
  SPLICE_F_NONBLOCK: 2,
  SPLICE_F_MORE: 4,
  SOF_TIMESTAMPING_TX_HARDWARE: 0x1,
  SOF_TIMESTAMPING_TX_SOFTWARE: 0x2,
  SOF_TIMESTAMPING_RX_HARDWARE: 0x4,
  SOF_TIMESTAMPING_RX_SOFTWARE: 0x8,
  SOF_TIMESTAMPING_SOFTWARE: 0x10,
  SOF_TIMESTAMPING_RAW_HARDWARE: 0x40,
  SOF_TIMESTAMPING_OPT_ID: 0x80,
  SOF_TIMESTAMPING_TX_SCHED: 0x100,
  SOF_TIMESTAMPING_TX_ACK: 0x200,
  SOF_TIMESTAMPING_OPT_CMSG: 0x400,
  SOF_TIMESTAMPING_OPT_TSONLY: 0x800,
  SOF_TIMESTAMPING_OPT_ID_TCP: 0x10000,
  SCM_TSTAMP_SND: 0,
  SCM_TSTAMP_SCHED: 1,
  SCM_TSTAMP_ACK: 2,
  SO_EE_ORIGIN_NONE: 0,
  SO_EE_ORIGIN_LOCAL: 1,
  SO_EE_ORIGIN_ICMP: 2,
  SO_EE_ORIGIN_ICMP6: 3,
  SO_EE_ORIGIN_TIMESTAMPING: 4,
  SO_EE_ORIGIN_ZEROCOPY: 5,
  SO_EE_CODE_ZEROCOPY_COPIED: 1,
  ENOMSG: 42,
  POLLIN: 0x1,
  POLLPRI: 0x2,
  POLLOUT: 0x4,
  POLLERR: 0x8,
  POLLHUP: 0x10,
  POLLNVAL: 0x20,
  POLLRDNORM: 0x40,
  POLLWRNORM: 0x100,
  POLLRDHUP: 0x2000,
  EPOLLIN: 0x1,
  EPOLLPRI: 0x2,
  EPOLLOUT: 0x4,
  EPOLLERR: 0x8,
  EPOLLHUP: 0x10,
  EPOLLRDNORM: 0x40,
  EPOLLWRNORM: 0x100,
  EPOLLRDHUP: 0x2000,
  EPOLLET: 0x80000000,
  EPOLLONESHOT: 0x40000000,
  EPOLL_CTL_ADD: 1,
  EPOLL_CTL_DEL: 2,
  EPOLL_CTL_MOD: 3,
  TCP_ESTABLISHED: 1,
  TCP_SYN_SENT: 2,
  TCP_SYN_RECV: 3,
  TCP_FIN_WAIT1: 4,
  TCP_FIN_WAIT2: 5,
  TCP_TIME_WAIT: 6,
  TCP_CLOSE: 7,
  TCP_CLOSE_WAIT: 8,
  TCP_LAST_ACK: 9,
  TCP_LISTEN: 10,
  TCP_CLOSING: 11,
};

/** The flag of `name`. */
export function numberOf(name: string): number | undefined {
  return NUMBERS[name];
}

/** What a value of a call is as a number. @throws Unsupported for a name nobody knows here. */
export function asNumber(value: Value | undefined): number {
  if (value === undefined) throw new Mismatch('the call lacks an argument');
  switch (value.kind) {
    case 'number':
      return value.value;
    case 'word': {
      const number = NUMBERS[value.name];
      if (number === undefined) throw new Unsupported(value.name);
      return number;
    }
    case 'apply':
      if ((value.name === 'htons' || value.name === 'htonl') && value.arguments.length === 1)
        return asNumber(value.arguments[0]);
      throw new Unsupported(`${value.name}() in an argument`);
    case 'operation':
      return operate(value.operator, asNumber(value.left), asNumber(value.right));
    case 'list':
      if (value.items.length === 1) return asNumber(value.items[0]);
      break;
  }
  throw new Unsupported(`${describeValue(value)} where a number is needed`);
}

function operate(operator: string, left: number, right: number): number {
  switch (operator) {
    case '|':
      return (left | right) >>> 0;
    case '&':
      return (left & right) >>> 0;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return Math.trunc(left / right);
    default:
      return ~left >>> 0;
  }
}

/** The one thing a list holds: `[1]`; other values stand for themselves. */
export function inside(value: Value): Value {
  return value.kind === 'list' && value.items.length === 1 ? value.items[0] : value;
}

/** A value in the script's words. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'number':
      return String(value.value);
    case 'word':
      return value.name;
    case 'text':
      return JSON.stringify(value.text);
    case 'open':
      return '...';
    case 'list':
      return `[${value.items.map(describeValue).join(', ')}]`;
    case 'struct':
      return `{${[...value.fields].map(([name, each]) => `${name}=${describeValue(each)}`).join(', ')}}`;
    case 'apply':
      return `${value.name}(${value.arguments.map(describeValue).join(', ')})`;
    case 'operation':
      return `${describeValue(value.left)}${value.operator}${describeValue(value.right)}`;
  }
}
