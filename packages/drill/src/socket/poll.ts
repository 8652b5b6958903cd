import type { Clock } from '@netwright/core';
import { Mismatch, Unsupported } from '../outcome.js';
import type { Value } from '../parse/value.js';
import { asNumber, describeValue } from './constants.js';
import { type Attempt, type Descriptor, failure, type Result, success } from './descriptor.js';

/** Told whether asked for or not: POLLERR and POLLHUP. */
const ALWAYS = 0x8 | 0x10;
const EDGE = 0x80000000;
const ONE_SHOT = 0x40000000;

/** `poll([{fd, events, revents}], n, timeout)`. */
export function poll(list: Value, timeout: number, clock: Clock, find: (fd: number) => Descriptor): Attempt {
  if (list.kind !== 'list') throw new Unsupported(`poll of ${describeValue(list)}`);
  const asked = list.items.map((item) => {
    if (item.kind !== 'struct') throw new Unsupported(`poll of ${describeValue(item)}`);
    const field = (name: string) => item.fields.get(name) ?? { kind: 'number' as const, value: 0 };
    return {
      descriptor: find(asNumber(field('fd'))),
      events: asNumber(field('events')),
      expected: field('revents'),
      text: describeValue(item),
    };
  });
  return untilTimeout(timeout, clock, () => {
    const told = asked.map(({ descriptor, events }) => descriptor.readiness() & (events | ALWAYS));
    const ready = told.filter((events) => events !== 0).length;
    if (ready === 0) return null;
    asked.forEach(({ expected, text }, index) => {
      if (expected.kind === 'open') return;
      if (asNumber(expected) !== told[index])
        throw new Mismatch('poll tells other events', text, `revents=0x${told[index].toString(16)}`);
    });
    return success(ready);
  });
}

/** Null while there is nothing, 0 when the time is over; a negative timeout waits for ever. */
function untilTimeout(timeout: number, clock: Clock, attempt: Attempt): Attempt {
  const deadline = timeout < 0 ? Number.POSITIVE_INFINITY : clock.now() + timeout;
  // The clock must stop there, so that somebody looks.
  if (timeout > 0) clock.alarm(() => {}).set(deadline);
  return () => attempt() ?? (clock.now() >= deadline ? success(0) : null);
}

/** What was told of a descriptor so far. */
interface Watched {
  readonly descriptor: Descriptor;
  readonly events: number;
  /** EPOLLONESHOT has told once. */
  done: boolean;
  /** What was ready, and how far it had come, when it was told last. */
  told: number;
  readable: number;
  writable: number;
}

/** The readable half of the events; the rest is for writers. */
const FOR_READERS = 0x1 | 0x2 | 0x40 | 0x2000;

/** An epoll instance: descriptors and the events asked of each. */
export class Epoll implements Descriptor {
  nonblocking = false;
  private readonly watched = new Map<number, Watched>();

  control(operation: number, fd: number, descriptor: Descriptor, events: number): Result {
    const known = this.watched.has(fd);
    if (operation === 1 && known) return failure('EEXIST');
    if (operation !== 1 && !known) return failure('ENOENT');
    if (operation === 2) this.watched.delete(fd);
    else this.watched.set(fd, { descriptor, events, done: false, told: 0, readable: -1, writable: -1 });
    return success();
  }

  wait(expected: Value, timeout: number, clock: Clock): Attempt {
    return untilTimeout(timeout, clock, () => {
      const told: { fd: number; events: number }[] = [];
      for (const [fd, each] of this.watched) {
        const events = each.done ? 0 : fresh(each);
        if (events === 0) continue;
        if ((each.events & ONE_SHOT) >>> 0 !== 0) each.done = true;
        told.push({ fd, events });
      }
      if (told.length === 0) return null;
      compare(expected, told);
      return success(told.length);
    });
  }

  readiness(): number {
    return 0;
  }

  progress(): { readable: number; writable: number } {
    return { readable: 0, writable: 0 };
  }

  close(): Result {
    return success();
  }
}

/** What is ready; edge-triggered, only when something has come since it was told, or what was not ready is. */
function fresh(each: Watched): number {
  const ready = each.descriptor.readiness() & (each.events | ALWAYS);
  if ((each.events & EDGE) >>> 0 === 0) return ready;
  const { readable, writable } = each.descriptor.progress();
  const news =
    (ready & ~each.told) !== 0 ||
    ((ready & FOR_READERS) !== 0 && readable !== each.readable) ||
    ((ready & ~FOR_READERS) !== 0 && writable !== each.writable);
  each.told = ready;
  each.readable = readable;
  each.writable = writable;
  return news ? ready : 0;
}

function compare(expected: Value, told: { fd: number; events: number }[]): void {
  const items = expected.kind === 'list' ? expected.items : [expected];
  items.forEach((item, index) => {
    if (item.kind !== 'struct' || told[index] === undefined) return;
    const events = item.fields.get('events');
    const fd = item.fields.get('fd');
    const other =
      (events !== undefined && events.kind !== 'open' && asNumber(events) !== told[index].events) ||
      (fd !== undefined && fd.kind !== 'open' && asNumber(fd) !== told[index].fd);
    if (other)
      throw new Mismatch(
        'epoll_wait tells other events',
        describeValue(item),
        `{events=0x${told[index].events.toString(16)}, fd=${told[index].fd}}`,
      );
  });
}
