import type { NetwrightError } from '@netwright/core';
import type { TcpHandler, TcpSession } from '@netwright/layers';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { NOTHING, TwoEnds } from './two-ends.js';
import { pattern } from './wire-codec.js';

const SEND_BUFFER = 4000;

/** What the model knows of one end: what its application has done, and what it was told. */
class EndModel {
  wrote = 0;
  read = 0;
  /** It has said that it writes no more. */
  shut = false;
  /** It has said that it reads no more either. */
  closed = false;
  opened = false;
  ended = false;
  /** `write` took less than it was given, and nobody has told of room since. */
  wanting = false;
  over: string | null = null;
}

/**
 * What two applications may observe of one connection. It knows nothing of segments: bytes come as they were written,
 * an end comes after all of them, and an error only where somebody broke off.
 */
class Model {
  readonly ends = [new EndModel(), new EndModel()];
  /** Nobody has broken off, or left unread what was written. */
  orderly = true;

  other(end: number): EndModel {
    return this.ends[1 - end];
  }
}

interface Real {
  t: ExecutionContext;
  world: TwoEnds;
  sessions: (TcpSession | null)[];
  events: string[][];
}

function handler(real: Real, end: number): TcpHandler {
  const events = real.events[end];
  return {
    established: () => events.push('established'),
    end: () => events.push('end'),
    writable: () => events.push('writable'),
    closed: (_, error) => events.push(`closed ${(error as NetwrightError | null)?.code ?? 'null'}`),
  };
}

/** Takes what the applications were told since the last time, and whether it may be. */
function observe(model: Model, { t, events }: Real): void {
  for (const end of [0, 1]) {
    const mine = model.ends[end];
    const other = model.other(end);
    for (const event of events[end].splice(0)) {
      t.is(mine.over, null, `${event} after the connection was over`);
      if (event === 'established') {
        t.false(mine.opened);
        mine.opened = true;
      } else if (event === 'end') {
        t.true(mine.opened && !mine.ended && other.shut, 'an end that nobody has said');
        t.is(mine.read, other.wrote, 'an end before the last byte');
        mine.ended = true;
      } else if (event === 'writable') {
        t.true(mine.wanting, 'room that nobody waits for');
        mine.wanting = false;
      } else {
        mine.over = event;
        if (model.orderly) t.deepEqual([event, mine.shut, other.shut], ['closed null', true, true]);
        else t.true(event === 'closed null' || event === 'closed ECONNRESET', event);
      }
    }
  }
}

abstract class Step implements fc.Command<Model, Real> {
  constructor(readonly end: number) {}

  check(_: Readonly<Model>): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const session = real.sessions[this.end];
    if (session !== null) this.act(model, real, session);
    observe(model, real);
  }

  abstract act(model: Model, real: Real, session: TcpSession): void;
}

class Write extends Step {
  constructor(
    end: number,
    readonly bytes: number,
  ) {
    super(end);
  }

  act(model: Model, { t }: Real, session: TcpSession): void {
    const mine = model.ends[this.end];
    const data = pattern(mine.wrote, this.bytes);
    if (mine.shut || mine.over !== null) {
      const error = t.throws(() => session.write(data)) as NetwrightError;
      t.true(error.code === 'EPIPE' ? mine.shut : error.code === 'ENOTCONN' && mine.over !== null, error.code);
      return;
    }
    const taken = session.write(data);
    t.true(taken >= Math.min(this.bytes, SEND_BUFFER - mine.wrote) && taken <= Math.min(this.bytes, SEND_BUFFER));
    mine.wrote += taken;
    if (taken < this.bytes) mine.wanting = true;
    if (taken > 0 && model.other(this.end).closed) model.orderly = false;
  }

  override toString(): string {
    return `${'AB'[this.end]}.write(${this.bytes})`;
  }
}

class Read extends Step {
  constructor(
    end: number,
    readonly bytes: number,
  ) {
    super(end);
  }

  act(model: Model, { t }: Real, session: TcpSession): void {
    const mine = model.ends[this.end];
    // Counted before `end` may come of it: it comes within the call.
    const before = mine.read;
    const data = session.read(this.bytes);
    t.deepEqual(data, pattern(before, data.length));
    mine.read += data.length;
    t.true(mine.read <= model.other(this.end).wrote, 'bytes that nobody wrote');
  }

  override toString(): string {
    return `${'AB'[this.end]}.read(${this.bytes})`;
  }
}

class Shutdown extends Step {
  act(model: Model, _: Real, session: TcpSession): void {
    const mine = model.ends[this.end];
    if (mine.over !== null) return;
    if (!mine.opened) model.orderly = false;
    mine.shut = true;
    session.shutdown();
  }

  override toString(): string {
    return `${'AB'[this.end]}.shutdown()`;
  }
}

class Close extends Step {
  act(model: Model, _: Real, session: TcpSession): void {
    const mine = model.ends[this.end];
    if (mine.over !== null) return;
    if (!mine.opened || mine.read < model.other(this.end).wrote) model.orderly = false;
    mine.shut = mine.closed = true;
    session.close();
  }

  override toString(): string {
    return `${'AB'[this.end]}.close()`;
  }
}

class Abort extends Step {
  act(model: Model, _: Real, session: TcpSession): void {
    const mine = model.ends[this.end];
    if (mine.over !== null) return;
    model.orderly = false;
    session.abort();
  }

  override toString(): string {
    return `${'AB'[this.end]}.abort()`;
  }
}

class Tick implements fc.Command<Model, Real> {
  constructor(readonly ms: number) {}

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    real.world.clock.advance(this.ms);
    observe(model, real);
  }

  toString(): string {
    return `tick(${this.ms})`;
  }
}

const end = fc.integer({ min: 0, max: 1 });
const amount = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 6000 }));
const steps = [
  fc.tuple(end, amount).map(([e, bytes]) => new Write(e, bytes)),
  fc.tuple(end, amount).map(([e, bytes]) => new Read(e, bytes)),
  end.map((e) => new Read(e, 10_000)),
  fc.integer({ min: 0, max: 30 }).map((ms) => new Tick(ms)),
  fc.integer({ min: 0, max: 3000 }).map((ms) => new Tick(ms)),
  end.map((e) => new Shutdown(e)),
];
const breaking = [end.map((e) => new Close(e)), end.map((e) => new Abort(e))];

/** Opens a connection, lets the commands at it, then reads and closes both ends. */
async function play(t: ExecutionContext, commands: Iterable<fc.Command<Model, Real>>, loss: number, seed: number) {
  const world = await new TwoEnds({
    seed,
    cable: { latency: 5, loss },
    settings: { sendBuffer: SEND_BUFFER, receiveBuffer: 3000, finWait2Timeout: 1e9, retries: 40, synRetries: 30 },
  }).start();
  const real: Real = { t, world, sessions: [null, null], events: [[], []] };
  const model = new Model();
  world.b.tcp.listen({
    port: 80,
    onConnection: (session) => {
      real.sessions[1] = session;
      return handler(real, 1);
    },
  });
  real.sessions[0] = world.a.tcp.connect({ address: '10.0.0.2', port: 80, handler: handler(real, 0) });
  fc.modelRun(() => ({ model, real }), commands);
  for (let round = 0; round < 200; round++) {
    for (const each of [0, 1]) new Read(each, Number.POSITIVE_INFINITY).run(model, real);
    new Tick(200).run(model, real);
  }
  if (model.orderly) {
    t.deepEqual([model.ends[0].read, model.ends[1].read], [model.ends[1].wrote, model.ends[0].wrote], 'every byte');
    t.deepEqual([model.ends[0].ended, model.ends[1].ended], [model.ends[1].shut, model.ends[0].shut], 'every end');
  }
  for (const each of [0, 1]) new Close(each).run(model, real);
  world.clock.run(200_000);
  observe(model, real);
  for (const each of [0, 1]) if (real.sessions[each] !== null) t.truthy(model.ends[each].over, 'every end is over');
  t.deepEqual(world.left(), NOTHING);
}

test('applications that close in good order observe what the model allows', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 60, size: 'max' }), fc.integer(), (commands, seed) =>
      play(t, commands, 0, seed),
    ),
    { numRuns: 100, seed: 3 },
  );
});

test('so do those that break off, over a cable that loses frames', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...steps, ...breaking], { maxCommands: 40, size: 'max' }),
      fc.constantFrom(0, 0.1),
      fc.integer(),
      (commands, loss, seed) => play(t, commands, loss, seed),
    ),
    { numRuns: 100, seed: 4 },
  );
});
