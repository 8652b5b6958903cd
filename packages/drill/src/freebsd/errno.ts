/** Numbers of errors as FreeBSD has them (errno(2)). */
const ERRNO: Record<string, number> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EBADF: 9,
  ENOMEM: 12,
  EACCES: 13,
  EINVAL: 22,
  EPIPE: 32,
  EAGAIN: 35,
  EINPROGRESS: 36,
  EALREADY: 37,
  ENOTSOCK: 38,
  EDESTADDRREQ: 39,
  EMSGSIZE: 40,
  EPROTOTYPE: 41,
  ENOPROTOOPT: 42,
  EOPNOTSUPP: 45,
  EAFNOSUPPORT: 47,
  EADDRINUSE: 48,
  EADDRNOTAVAIL: 49,
  ENETDOWN: 50,
  ENETUNREACH: 51,
  ENETRESET: 52,
  ECONNABORTED: 53,
  ECONNRESET: 54,
  ENOBUFS: 55,
  EISCONN: 56,
  ENOTCONN: 57,
  ESHUTDOWN: 58,
  ETIMEDOUT: 60,
  ECONNREFUSED: 61,
  EHOSTDOWN: 64,
  EHOSTUNREACH: 65,
};

/** The same of Linux (errno(3)). */
const ERRNO_LINUX: Record<string, number> = {
  EPIPE: 32,
  EAGAIN: 11,
  EINVAL: 22,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
};

/** Whether `number` is the error `name` on either system. */
export function isErrno(name: string, number: number): boolean {
  return ERRNO[name] === number || ERRNO_LINUX[name] === number;
}

/** One name for errors that have two. */
export function plainErrno(name: string | null): string | null {
  if (name === 'EWOULDBLOCK') return 'EAGAIN';
  return name === 'ENOTSUP' ? 'EOPNOTSUPP' : name;
}
