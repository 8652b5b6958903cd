import type { Host, IpAddress } from '@netwright/core';
import {
  type Admission,
  type Completion,
  CookieFastOpen,
  CookieKeys,
  type FastOpen,
  fastOpenMemory,
  type ListenFacts,
  type ListenPolicy,
} from '@netwright/layers';
import type { Profile } from '../profile/profile.js';

/** Bits of net.ipv4.tcp_fastopen. */
const FLAG = { client: 1, server: 2, clientWithoutCookie: 4, serverWithoutCookie: 0x200, everyListener: 0x400 };

/** What scripts for Linux take for granted: client and server, every listener, and this key. */
const LINUX_FLAGS = FLAG.client | FLAG.server | FLAG.everyListener;
const LINUX_KEY = 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4';
const NO_KEY = '0-0-0-0';

/** A hexadecimal key as FreeBSD's setkey takes it. */
const HEX_KEY = /^[0-9a-f]{32}$/i;

/** What a socket chooses for itself. */
export interface FastOpenChoices {
  readonly keys: CookieKeys | null;
  readonly withoutCookie: boolean;
}

/** How connections are opened in a script: its sysctls about that, which it may change at any time. */
export class OpeningRules {
  private flags: number;
  private keys: CookieKeys | null;
  private pause = 0;
  private syncookies = 1;
  private somaxconn = 4096;
  private abortOnOverflow = false;
  private acceptQueue = 128;
  private resetOnOverflow = true;

  constructor(
    private readonly host: Host,
    private readonly profile: Profile['name'],
  ) {
    this.flags = profile === 'linux' ? LINUX_FLAGS : FLAG.client;
    this.keys = profile === 'linux' ? CookieKeys.parse(LINUX_KEY) : null;
  }

  /** Sets a sysctl. @returns false where it is not one of these. */
  set(name: string, value: string): boolean {
    const setter = this.setters[name];
    setter?.(value);
    return setter !== undefined;
  }

  private readonly setters: Record<string, (value: string) => void> = {
    'net.ipv4.tcp_fastopen': (value) => {
      this.flags = Number(value);
    },
    'net.ipv4.tcp_fastopen_key': (value) => {
      this.keys = CookieKeys.parse(value);
    },
    'net.ipv4.tcp_fastopen_blackhole_timeout_sec': (value) => {
      this.pause = 1000 * Number(value);
    },
    'net.ipv4.tcp_syncookies': (value) => {
      this.syncookies = Number(value);
    },
    'net.ipv4.tcp_abort_on_overflow': (value) => {
      this.abortOnOverflow = Number(value) !== 0;
    },
    'net.core.somaxconn': (value) => {
      this.somaxconn = Number(value);
    },
    'kern.ipc.soacceptqueue': (value) => {
      this.acceptQueue = Number(value);
    },
    'kern.ipc.somaxconn': (value) => {
      this.acceptQueue = Number(value);
    },
    'net.inet.tcp.syncache.rst_on_sock_fail': (value) => {
      this.resetOnOverflow = Number(value) !== 0;
    },
    'net.inet.tcp.fastopen.server_enable': (value) => this.switch(FLAG.server, value),
    'net.inet.tcp.fastopen.client_enable': (value) => this.switch(FLAG.client, value),
    'net.inet.tcp.fastopen.acceptany': (value) => this.switch(FLAG.serverWithoutCookie, value),
    'net.inet.tcp.fastopen.setkey': (value) => {
      if (HEX_KEY.test(value)) this.keys = new CookieKeys([Uint8Array.from(value.match(/../g) ?? [], fromHex)], true);
    },
  };

  /** The sysctls that scripts may set: at the beginning, and while they run. */
  static readonly NAMES: readonly string[] = [
    'net.ipv4.tcp_fastopen',
    'net.ipv4.tcp_fastopen_key',
    'net.ipv4.tcp_fastopen_blackhole_timeout_sec',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.tcp_abort_on_overflow',
    'net.core.somaxconn',
    'net.inet.tcp.fastopen.server_enable',
    'net.inet.tcp.fastopen.client_enable',
    'net.inet.tcp.fastopen.acceptany',
    'net.inet.tcp.fastopen.setkey',
  ];

  private switch(flag: number, value: string): void {
    this.flags = Number(value) === 0 ? this.flags & ~flag : this.flags | flag;
  }

  /** Whether clients may open fast. */
  get client(): boolean {
    return (this.flags & FLAG.client) !== 0;
  }

  /** Forgets what was learned of other hosts. */
  flushMetrics(): void {
    fastOpenMemory(this.host).cache.clear();
  }

  /** `tcp.fastopen` by these rules, as they are when it is asked. */
  fastOpen(choices: FastOpenChoices): FastOpen {
    const now = () => this.policy(choices);
    return {
      pending: 0,
      offer: (local, remote) => now().offer(local, remote),
      answered: (local, remote, outcome) => now().answered(local, remote, outcome),
      timedOut: (local, remote, times, last) => now().timedOut(local, remote, times, last),
      grant: (local, remote, cookie, data) => now().grant(local, remote, cookie, data),
    };
  }

  private policy({ keys, withoutCookie }: FastOpenChoices): CookieFastOpen {
    const on = (flag: number) => (this.flags & flag) !== 0;
    const chosen = keys ?? this.keys;
    return new CookieFastOpen(fastOpenMemory(this.host), {
      ...(chosen === null ? {} : { keys: chosen }),
      client: on(FLAG.client),
      server: on(FLAG.server),
      clientWithoutCookie: withoutCookie || on(FLAG.clientWithoutCookie),
      serverWithoutCookie: withoutCookie || on(FLAG.serverWithoutCookie),
      pause: this.pause,
      serverPause: 0,
      assumedMss: 0xffff,
    });
  }

  /** How many connections of a listener may be open before their handshake is complete; `asked` is TCP_FASTOPEN. */
  pending(asked: number | null, backlog: number): number {
    const everyListener = (this.flags & FLAG.everyListener) !== 0 && (this.flags & FLAG.server) !== 0;
    return Math.min(asked || (everyListener ? backlog : 0), this.somaxconn);
  }

  /** FreeBSD's: SYNs are always answered; what is complete may be half as many again as were asked for (listen(2)). */
  private listeningBsd(backlog: () => number, waiting: () => number): ListenPolicy {
    const room = () => (backlog() < 0 || backlog() > this.acceptQueue ? this.acceptQueue : backlog());
    return {
      admit: (): Admission => 'accept',
      complete: ({ closed }: ListenFacts): Completion => {
        if (closed === true) return 'reset';
        if (waiting() <= Math.floor((3 * room()) / 2)) return 'now';
        return this.resetOnOverflow ? 'reset' : 'later';
      },
    };
  }

  /** Linux's backlog: it counts what waits to be accepted, and what is half open, apart. */
  listening(backlog: () => number, waiting: () => number): ListenPolicy {
    if (this.profile === 'freebsd') return this.listeningBsd(backlog, waiting);
    const room = () => Math.min(backlog(), this.somaxconn);
    return {
      admit: ({ halfOpen }: ListenFacts): Admission => {
        if (waiting() > room()) return 'ignore';
        if (this.syncookies !== 2 && halfOpen <= room()) return 'accept';
        return this.syncookies === 0 ? 'ignore' : 'cookie';
      },
      complete: (): Completion => {
        if (waiting() <= room()) return 'now';
        return this.abortOnOverflow ? 'reset' : 'later';
      },
    };
  }
}

function fromHex(digits: string): number {
  return Number.parseInt(digits, 16);
}

/** Names that stand for cookies of the usual addresses: by the key that scripts take for granted, and by one of zeros. */
export function cookieNames(local: IpAddress, remote: IpAddress): Map<string, string> {
  const cookie = (key: string) =>
    [...CookieKeys.parse(key).cookieOf(remote, local)].map((each) => each.toString(16).padStart(2, '0')).join('');
  return new Map([
    ['TFO_COOKIE', cookie(LINUX_KEY)],
    ['TFO_COOKIE_ZERO', cookie(NO_KEY)],
  ]);
}
