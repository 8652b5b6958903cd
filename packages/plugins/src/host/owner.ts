import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A process as rules of the packet filter name it. The number alone would not do: numbers are used again, and a
 * process in another container may have the same one.
 */
export interface Owner {
  readonly pid: number;
  /** Its start, in clock ticks since boot: /proc/<pid>/stat, field 22. */
  readonly started: string;
  /** Its pid namespace. */
  readonly namespace: string;
}

const PREFIX = 'netwright';

function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name, field 2, may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}

function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

let self: Owner | null = null;

/** This process. */
export function thisProcess(): Owner {
  self ??= { pid: process.pid, started: startOf(process.pid) ?? '0', namespace: pidNamespace() };
  return self;
}

/** The comment by which a rule names its owner: 'netwright:<pid>:<start>:<namespace>'. */
export function tagOf(owner: Owner): string {
  return `${PREFIX}:${owner.pid}:${owner.started}:${owner.namespace}`;
}

/** The owner that a rule names, or undefined. */
export function ownerIn(rule: string): Owner | undefined {
  const match = /\bnetwright:(\d+):(\d+):(\d+)\b/.exec(rule);
  return match === null ? undefined : { pid: Number(match[1]), started: match[2], namespace: match[3] };
}

/** Whether the owner still runs; one of another pid namespace cannot be seen from here and is left alone. */
export function isAlive(owner: Owner): boolean {
  return owner.namespace !== thisProcess().namespace || startOf(owner.pid) === owner.started;
}
