import type { Override } from '@netwright/core';
import type { CongestionChoices, FreebsdRules, TcpSettings } from '@netwright/layers';
import { freebsd } from './freebsd.js';
import { linux } from './linux.js';
import { minimal } from './minimal.js';

/** An operating system whose defaults scripts assume: nothing but numbers and bindings of the real stack. */
export interface Profile {
  readonly name: 'linux' | 'freebsd' | 'minimal';
  readonly settings: Partial<TcpSettings>;
  /** What a script's sysctls and metrics of its route make of congestion control. */
  congestion(sysctls: ReadonlyMap<string, string>, route: ReadonlyMap<string, string>): CongestionChoices;
  /** What sysctls of its own make of the numbers. */
  settingsOf?(sysctls: ReadonlyMap<string, string>): Partial<TcpSettings>;
  /**
   * For the whole stack; `sysctls` are the script's changes, by their names.
   * @param rules what its sessions go by, where that may change while they run.
   */
  overrides(sysctls: ReadonlyMap<string, string>, congestion: CongestionChoices, rules?: FreebsdRules): Override[];
  /** What SO_SNDBUF and SO_RCVBUF make of a number, and what getsockopt then says. */
  bufferSize(asked: number, which: 'send' | 'receive'): number;
}

export const profiles: Record<Profile['name'], Profile> = { linux, freebsd, minimal };
