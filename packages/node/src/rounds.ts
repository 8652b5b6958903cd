import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Anchor } from './awake.js';
import { lent, nativeParts } from './binding.js';
import { bearing } from './births.js';
import { directCarrier, overseen, serveTicks } from './direct.js';

/** By this method Node's native code hands a port its messages, before it makes events of them. */
const DISPATCH = Symbol.for('nodejs.internal.kHybridDispatch');

const immediately = setImmediate;
/** What a performance object of Node's has, and a page's has not. */
const { nodeTiming: timing } = performance as unknown as { nodeTiming: { uvMetricsInfo?: { loopCount: number } } };

/** Whom news are of: one connection or listener. */
export class Source {
  /** The turn of the event loop in which the program was told of it last, and its place among what was told then. */
  turn = -1;
  place = 0;
  /** Whether it was hung up when the event loop looked. */
  hungUp = false;

  /** @param isHungUp whether it is now */
  constructor(readonly isHungUp: () => boolean) {}
}

/** Something that the program is to be told. */
export interface News {
  (): void;
  readonly source?: Source;
  /** Whether it calls native code that tells of it in several pieces: such a step is one of `directCarrier`. */
  direct?: boolean;
}

/** Marks news. */
export function directly(news: () => void, source?: Source): News {
  return Object.assign(news, { direct: true, source });
}

/** Says whom news are of. */
export function newsOf(source: Source, news: () => void): News {
  return Object.assign(news, { source });
}

/**
 * Rounds of Node's event loop, as the kernel's sockets have them: after timers, before `setImmediate`, first the network
 * does all that it has to do, then the program is told what came of it. Each piece of news is a step of its own, with
 * its ticks and promises served before the next one, and what it throws an uncaught exception of its own. What the
 * program does in answer has its consequences in the next round, when its immediates and its closing handles have had
 * their turn. JavaScript gets there by a message to itself. Rounds keep no process alive.
 */
export class Rounds implements Anchor {
  /** What the stack has to do. */
  private work: (() => void)[] = [];
  private news: News[] = [];
  /** News of those who have begun to wait since the last round: they come last, as with the kernel. */
  private lateNews: News[] = [];
  /** What comes before all other news of a round. */
  private soonNews: News[] = [];
  /** What comes after all other news of a round, and before the program's immediates. */
  private lastNews: News[] = [];
  /** Whether those are being told. */
  private lasts = false;
  /** Whether an immediate of ours will end the round. */
  private ends = false;
  /** Whether this round has yet to look what the network has: it has told what comes before. */
  private looks = false;
  /** News of this round that were not told yet. */
  private untold: News[] = [];
  /** Whether the program is being told: until its immediates come. */
  private telling = false;
  /** Of whom the program was told last in this round. */
  private told: Source | undefined;
  /** Whether a message is under way. */
  private called = false;
  /** The turn of the event loop in which it was sent. */
  private calledIn = 0;
  /** The turn that the program's main module was run in, where it was not run before all turns. */
  private readonly mainTurn = isMainRunning() ? turns() : -1;
  /** Rounds, where Node does not count turns. */
  private counted = 0;
  private carrier: object | null | undefined;
  /** What the last direct step has thrown. */
  private thrown: Generator<void> | null = null;
  /** By which it calls itself: the end that is kept. */
  readonly port: MessagePort;

  constructor({ port1, port2 } = lent?.channel ?? new MessageChannel()) {
    this.port = port1;
    Object.defineProperty(port2, DISPATCH, { value: (carried: unknown) => this.step(carried) });
    port2.start();
    port1.unref();
    port2.unref();
  }

  /** The stack has something to do. */
  do(work: () => void): void {
    this.work.push(work);
    this.call();
  }

  /** The program is to be told something. */
  tell(news: News): void {
    this.news.push(news);
    this.call();
  }

  /** The same for somebody who waits for the first time: for a connection, or to read. */
  tellLate(news: News): void {
    this.lateNews.push(news);
    this.call();
  }

  /** The same for what the program's own action has brought about: in this round, where it is not over. */
  tellSoon(news: News): void {
    if (this.telling && !this.lasts) this.untold.push(news);
    else this.soonNews.push(news);
    this.call();
  }

  /**
   * The same for a stream's own action. Where the event loop has found it hung up, it goes on to the writing half as soon as
   * it has told what was read.
   */
  tellSoonOf(source: Source, news: News): void {
    if (this.told !== source || !source.hungUp) {
      this.tellSoon(news);
      return;
    }
    let at = 0;
    while (this.untold[at]?.source === source) at++;
    this.untold.splice(at, 0, news);
    this.call();
  }

  /** The same for what native code makes an immediate of its own for: those come before the program's. */
  tellLast(news: News): void {
    this.lastNews.push(news);
    this.call();
    // Native immediates come before the program's, and their own immediates with them: a message would be too late for that.
    this.callEnd();
  }

  /** News of the round that is being told come before all others. */
  tellNext(news: News): void {
    this.untold.unshift(news);
    this.call();
  }

  /** Keeps the process running. */
  ref(): void {
    this.port.ref();
  }

  unref(): void {
    this.port.unref();
  }

  private call(): void {
    const waits = this.untold.length + this.lastNews.length > 0 || this.looks;
    if (this.called || (this.telling && !waits)) return;
    this.called = true;
    if (!this.telling) this.calledIn = turns();
    this.port.postMessage(0);
  }

  /**
   * Whether a round would begin in the turn in which it was asked for: by the callback of a file or a lookup, which come
   * where ours do. The kernel's events come in the next turn, when the program has had its immediates. A main module is
   * run in such a callback for the sake of `--import` alone: without it, it would have been run before the first turn.
   */
  private get early(): boolean {
    return !this.telling && this.calledIn === turns() && this.calledIn !== this.mainTurn;
  }

  /** A message has come. */
  private step(carried: unknown): void {
    if (carried !== 0) {
      const { thrown } = this;
      this.thrown = null;
      thrown?.next();
      return;
    }
    if (this.early) {
      later(() => this.port.postMessage(0));
      return;
    }
    try {
      if (!this.telling) this.begin();
      if (this.untold.length === 0 && this.looks) this.look();
      if (this.untold.length === 0 && this.lastNews.length > 0) {
        this.untold = this.lastNews.splice(0);
        this.lasts = true;
      }
    } finally {
      this.called = false;
    }
    const [next] = this.untold;
    if (next === undefined) return;
    if (next.direct === true) {
      this.carrier ??= directCarrier(() => this.stepDirectly()) ?? null;
      if (this.carrier !== null) {
        this.called = true;
        this.port.postMessage(this.carrier);
        return;
      }
    }
    const tell = this.next();
    if (isCaught()) tellCaught(tell);
    else tell();
  }

  private stepDirectly(): void {
    this.called = false;
    this.thrown = overseen(this.next());
  }

  /** Does now what the stack has to do, as a kernel on a loopback would; the program is told when its time has come. */
  settle(): void {
    if (this.work.length === 0) return;
    try {
      // More may come while it works.
      for (let i = 0; i < this.work.length; i++) this.work[i]();
    } finally {
      this.work = [];
    }
  }

  private begin(): void {
    this.looks = true;
    this.untold = [...this.untold, ...this.soonNews];
    this.soonNews = [];
  }

  private look(): void {
    this.looks = false;
    this.settle();
    this.untold = this.inOrder([...this.news, ...this.lateNews]);
    this.news = [];
    this.lateNews = [];
  }

  /**
   * As epoll has it: whoever it told of stays in its list of who is ready until it looks again, and what comes to him
   * before that finds him in front of those who were not in it.
   */
  private inOrder(news: News[]): News[] {
    const turn = turns() || ++this.counted;
    const wasTold = ({ source }: News) => source !== undefined && source.turn === turn - 1;
    const place = ({ source }: News) => (source as Source).place;
    const again = news.length > 1 ? news.filter(wasTold) : [];
    const ordered =
      again.length === 0
        ? news
        : [...again.sort((a, b) => place(a) - place(b)), ...news.filter((each) => !wasTold(each))];
    for (const [index, { source }] of ordered.entries()) {
      if (source === undefined) continue;
      source.turn = turn;
      source.place = index;
      source.hungUp = source.isHungUp();
    }
    return ordered;
  }

  /** @returns what is to be told now; what follows it is under way, whatever becomes of it. */
  private next(): News {
    const news = this.untold.shift() as News;
    this.told = news.source;
    if (!this.telling) {
      this.telling = true;
      this.callEnd();
    }
    this.call();
    return news;
  }

  private callEnd(): void {
    if (this.ends) return;
    this.ends = true;
    later(() => this.end());
  }

  private end(): void {
    this.telling = this.looks = this.lasts = this.ends = false;
    this.told = undefined;
    const { work, soonNews, news, lateNews, lastNews } = this;
    if (work.length + soonNews.length + news.length + lateNews.length > 0) this.call();
    if (lastNews.length === 0) return;
    try {
      for (let next = lastNews.shift(); next !== undefined; next = lastNews.shift()) {
        next();
        serveTicks();
      }
    } finally {
      if (lastNews.length > 0) this.callEnd();
    }
  }
}

/** Does `step` where libuv closes handles: at the end of a round, when the program's immediates are done. */
export function atEndOfRound(step: () => void): void {
  const { NativeTcp } = nativeParts();
  // A handle that was never used has nothing to close but itself; lists of active handles leave out what is not referenced.
  const handle = bearing({ hidden: true }, () => new NativeTcp(0));
  handle.unref();
  handle.close(step);
}

/** Immediates of ours that have not come: lists of active things leave them out. */
export const immediates = { pending: 0 };

/** What Node's native code makes of an exception that nobody has caught. */
interface Fatal {
  _fatalException(error: unknown, fromPromise: boolean): boolean;
}

/** Whether the program goes on after an exception that it has not caught itself. */
function isCaught(): boolean {
  return process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
}

/**
 * What is thrown is told here, and by its ticks: a port that is left by an exception would have the rest of the round wait
 * for the next one.
 */
function tellCaught(tell: News): void {
  for (let act: () => void = tell; ; act = serveTicks) {
    try {
      act();
      if (act === serveTicks) return;
    } catch (error) {
      (process as unknown as Fatal)._fatalException(error, false);
    }
  }
}

/** How often the event loop has looked for events: once a turn. Where Node does not count, no two turns are the same. */
function turns(): number {
  return timing.uvMetricsInfo?.loopCount ?? Number.NaN;
}

/** Whether the main module is one of CommonJS, and being run. */
function isMainRunning(): boolean {
  return (process as { mainModule?: { loaded: boolean } }).mainModule?.loaded === false;
}

function later(step: () => void): void {
  immediates.pending++;
  immediately(() => {
    immediates.pending--;
    step();
  });
}
