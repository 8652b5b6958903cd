import type { Device } from './device.js';
import type { NetwrightError } from './errors.js';
import type { Host } from './host.js';
import type { PacketPool } from './packet/pool.js';
import type { Override } from './plugin.js';
import type { Random } from './random.js';
import type { Part, Stack } from './stack/stack.js';
import type { Tap } from './tap.js';
import type { Clock } from './time/clock.js';
import { token } from './token.js';

/**
 * What a manifest can name besides behaviours: devices, links, applications, watchers. Each is a function from its
 * surroundings to the thing; plugins offer them as implementations of these tokens.
 */

/** A device of one stack: `device: { use: loopback }`. */
export type DeviceFactory = (host: Host) => Device;
/** Devices that a manifest may name. */
export const DEVICE = token<DeviceFactory>('device');

/** What a link is made in. */
export interface LinkContext {
  /** 'srv:eth0 - cli:eth0' */
  readonly name: string;
  readonly clock: Clock;
  /** A source of its own: another link's draws do not move it. */
  readonly random: Random;
}

/** Something with two ends or more; each end is the device of a stack. */
export interface Link {
  readonly name: string;
  /** One more end. `pool` is the packet memory of the stack that gets it: equal pools hand packets over without a copy. */
  attach(endpoint: string, pool: PacketPool): Device;
  /** Cuts the link, or joins it again: while it is down, frames are lost. */
  setUp(up: boolean): void;
}

export type LinkFactory = (context: LinkContext) => Link;
/** Links that a lab manifest may name; `cable` is the default. */
export const LINK = token<LinkFactory>('link');

/** What an application is started in. */
export interface ApplicationContext {
  readonly stack: Stack;
  /** Overrides written under the application: pass them to `listen` or `connect`. */
  readonly overrides: readonly Override[];
  /** A line for the operator. */
  print(line: string): void;
}

/** One connection as an application sees it. A check holds both ends of it against each other. */
export interface Transfer {
  /** Both ends, each as 'address:port'. */
  readonly local: string;
  readonly remote: string;
  /** Bytes that the connection has taken from the application. */
  readonly sent: number;
  /** Whether the application has ended what it sends, behind the last of them. */
  readonly ended: boolean;
  /** SHA-256, in hexadecimal, of the first `bytes` that were sent. */
  sentDigest(bytes: number): string;
  /** Bytes that have arrived, and their SHA-256. */
  readonly received: number;
  readonly receivedDigest: string;
  /** Whether the end of what the peer sends has arrived. */
  readonly receivedEnd: boolean;
  /** 'open', 'complete' after an orderly close, or the code of the error. */
  readonly outcome: string;
}

/** A program that runs on a stack. */
export interface Application extends Part {
  /** What it has to report: `validate:` and the closing summary read it. */
  report?(): Record<string, string | number | boolean>;
  /** Whether it has done what it was started for; a lab ends when every application that says so is done. Absent: it serves, and is never waited for. */
  done?(): boolean;
  /** Why it could not do it, in a few words; null where it did, or is still at it. A run with a failure exits with 1. */
  failure?(): string | null;
  /** Its connections, oldest first, those that are over among them; for a check to compare with the other ends. */
  transfers?(): readonly Transfer[];
}

export type ApplicationFactory = (context: ApplicationContext) => Application;
/** Applications that a manifest may name. */
export const APPLICATION = token<ApplicationFactory>('application');

/** What a watcher is made in. One watcher may watch several stacks: it is asked for a tap for each. */
export interface Watcher extends Part {
  tap(stack: Stack): Tap;
  /** What it has found wrong so far, each a coded error; a lab run with such a problem has not passed. */
  problems?(): readonly NetwrightError[];
}

export interface WatcherContext {
  readonly clock: Clock;
  print(line: string): void;
}

export type WatcherFactory = (context: WatcherContext) => Watcher;
/** Watchers that a manifest may name: captures, traces. */
export const WATCHER = token<WatcherFactory>('watcher');
