import {
  buildStack,
  definePlugin,
  HOST,
  type Host,
  override,
  Scope,
  type Stack,
  token,
  VirtualClock,
} from '@netwright/core';
import { MemoryDevice } from '@netwright/core/testing';
import test from 'ava';
import { inject, injectable, injectFromBase, multiInject } from 'inversify';
import { GREETING, type Greeting, Hello, Lost, MARK, type Mark, Note, PlainMark, toy } from './toy.js';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes.slice(1));

/** Starts a stack and gives what its sockets say. */
async function said(manifest: string | object, act: (note: Note) => void, options = {}) {
  const device = new MemoryDevice();
  const stack = await buildStack(manifest, { plugins: [toy], device, file: 'some/where/m.yaml', ...options });
  await stack.start();
  act(stack.layer(Note) as Note);
  await stack.stop();
  return device.sent.map((each) => ({ text: text(each.bytes), why: each.why }));
}

const LAYERS = 'layers: [wire, note]\n';

test('without an override the default speaks', async (t) => {
  t.deepEqual(await said(LAYERS, (note) => note.socket().say()), [{ text: '-hello', why: 'note.said' }]);
});

test('an override of the stack changes every socket, and the frame says who decided and where', async (t) => {
  const manifest = `${LAYERS}override:\n  toy.greeting: { use: greeting.fixed, word: moin }\n`;
  const frames = await said(manifest, (note) => {
    note.socket().say();
    note.socket().say();
  });
  const why = 'note.said (toy.greeting: greeting.fixed of plugin toy, m.yaml:3:3)';
  t.deepEqual(frames, [
    { text: 'moin', why },
    { text: 'moin', why },
  ]);
});

test('the short form names an implementation with its default options', async (t) => {
  const frames = await said(`${LAYERS}override: { toy.greeting: greeting.fixed }\n`, (note) => note.socket().say());
  t.is(frames[0].text, 'hi');
});

test('a token of the whole stack is rebound for those who inject it, sockets too, and frames name it', async (t) => {
  const manifest = `${LAYERS}override:\n  toy.mark: { use: mark.fixed, mark: '>' }\n`;
  const frames = await said(manifest, (note) => note.socket().say());
  t.deepEqual(frames, [{ text: '>hello', why: 'note.said (toy.mark: mark.fixed of plugin toy, m.yaml:3:3)' }]);
});

test('an override of one socket leaves the others alone', async (t) => {
  const word = override(GREETING, { value: { word: () => 'psst' } }, 'the test');
  const frames = await said(LAYERS, (note) => {
    note.socket([word]).say();
    note.socket().say();
  });
  t.deepEqual(
    frames.map((each) => each.text),
    ['psst', '-hello'],
  );
});

test("an override of one socket goes before the stack's", async (t) => {
  const word = override(GREETING, { value: { word: () => 'psst' } }, 'the test');
  const frames = await said(`${LAYERS}override: { toy.greeting: greeting.fixed }\n`, (note) => {
    note.socket([word]).say();
    note.socket().say();
  });
  t.deepEqual(
    frames.map((each) => each.text),
    ['psst', 'hi'],
  );
});

test('an override under an application is for its sockets alone', async (t) => {
  const device = new MemoryDevice();
  const manifest = `${LAYERS}apps:
  - { use: talk, as: one, override: { toy.greeting: { use: greeting.fixed, word: one } } }
  - { use: talk, as: two }
`;
  const clock = new VirtualClock();
  const stack = await buildStack(manifest, { plugins: [toy], device, clock });
  await stack.start();
  clock.advance(100);
  await stack.stop();
  t.deepEqual(device.sent.map((each) => text(each.bytes)).sort(), ['-hello', 'one']);
});

test('overrides of the program come after those of the manifest', async (t) => {
  const overrides = [override(GREETING, { value: { word: () => 'code' } })];
  const frames = await said(`${LAYERS}override: { toy.greeting: greeting.fixed }\n`, (note) => note.socket().say(), {
    overrides,
  });
  t.is(frames[0].text, 'code');
});

test('a plugin that the manifest lists overrides; the same plugin on offer does not', async (t) => {
  const loud = definePlugin({
    name: 'loud',
    version: '1.0.0',
    overrides: () => [override(GREETING, { value: { word: () => 'HEY' } })],
  });
  const offered = await said(LAYERS, (note) => note.socket().say(), { plugins: [toy, loud] });
  t.is(offered[0].text, '-hello');
  const listed = await said(`plugins: [loud]\n${LAYERS}`, (note) => note.socket().say(), { plugins: [toy, loud] });
  t.is(listed[0].text, 'HEY');
});

// The traps of the container, each met by running it.

test('trap 1: a subclass that lost its injection is refused, one that says so gets its arguments', async (t) => {
  await t.throwsAsync(
    said(LAYERS, () => {}, { overrides: [override(GREETING, { class: Lost })] }),
    {
      code: 'OVERRIDE_LOST_INJECTION',
    },
  );
  @injectable()
  @injectFromBase({ extendConstructorArguments: true })
  class Kept extends Hello {
    override word(): string {
      return `${super.word()} again`;
    }
  }
  const frames = await said(LAYERS, (note) => note.socket().say(), {
    overrides: [override(GREETING, { class: Kept })],
  });
  t.is(frames[0].text, '-hello again');
});

test('trap 1: the same holds for one socket', async (t) => {
  await t.throwsAsync(
    said(LAYERS, (note) => note.socket([override(GREETING, { class: Lost })])),
    { code: 'OVERRIDE_LOST_INJECTION' },
  );
});

test('trap 2: an override leaves nothing behind in the next stack', async (t) => {
  await said(`${LAYERS}override: { toy.greeting: greeting.fixed, toy.mark: { use: mark.fixed, mark: x } }\n`, () => {});
  t.is((await said(LAYERS, (note) => note.socket().say()))[0].text, '-hello');
});

test('trap 3: an override replaces the default instead of standing beside it', async (t) => {
  const manifest = `${LAYERS}override: { toy.greeting: greeting.fixed, toy.mark: { use: mark.fixed, mark: x } }\n`;
  const device = new MemoryDevice();
  const stack = await buildStack(manifest, { plugins: [toy], device });
  t.is(stack.container.getAll(MARK).length, 1);
  t.notThrows(() => (stack.layer(Note) as Note).socket());
});

// Counts what is made: alone.
test.serial('trap 4: the default of an overridden token is never made', async (t) => {
  const before = PlainMark.made;
  await said(`${LAYERS}override: { toy.mark: { use: mark.fixed, mark: x } }\n`, (note) => note.socket().say());
  t.is(PlainMark.made, before);
});

test.serial('trap 5: what one socket overrides does not stick to what the stack shares', async (t) => {
  const seen: (Mark | undefined)[] = [];
  @injectable()
  class Shout implements Greeting {
    constructor(@inject(MARK) mark: Mark) {
      seen.push(mark);
    }
    word(): string {
      return 'SHOUT';
    }
  }
  const before = PlainMark.made;
  await said(LAYERS, (note) => {
    const first = note.socket([override(GREETING, { class: Shout })]);
    first.say();
    seen.push((note.socket().greeting as Hello).mark);
  });
  t.is(PlainMark.made, before + 1, 'one mark for the stack, whoever asked first');
  t.is(seen[0], seen[1]);
});

test('trap 6: many bindings of one token are all seen, from the stack and from a socket', async (t) => {
  const FRIEND = token<string>('test.friend');
  const COUNT = token<{ friends: string[] }>('test.count');
  @injectable()
  class Count {
    constructor(@multiInject(FRIEND) readonly friends: string[]) {}
  }
  const friends = definePlugin({
    name: 'friends',
    version: '1.0.0',
    bind({ bind }) {
      bind(FRIEND).toConstantValue('Ann');
      bind(FRIEND).toConstantValue('Ben');
      bind(COUNT).to(Count).inSingletonScope();
    },
    socket({ bind }) {
      bind(GREETING).to(Crowd);
    },
  });
  @injectable()
  class Crowd implements Greeting {
    constructor(
      @multiInject(FRIEND) private readonly names: string[],
      @inject(HOST) readonly host: Host,
    ) {}
    word(): string {
      return this.names.join('+');
    }
  }
  const bare = definePlugin({ ...toy, socket: undefined });
  let counted: string[] = [];
  const device = new MemoryDevice();
  const stack = await buildStack('plugins: [friends]\nlayers: [wire, note]\n', { plugins: [bare, friends], device });
  counted = stack.container.get(COUNT).friends;
  await stack.start();
  (stack.layer(Note) as Note).socket().say();
  await stack.stop();
  t.deepEqual(counted, ['Ann', 'Ben']);
  t.is(text(device.sent[0].bytes), 'Ann+Ben');
});

test('two plugins that bind one token are told, not left to fight', async (t) => {
  const rival = definePlugin({
    name: 'rival',
    version: '1.0.0',
    socket({ bind }) {
      bind(GREETING).to(Hello);
    },
  });
  await t.throwsAsync(buildStack('plugins: [rival]\nlayers: [wire, note]\n', { plugins: [toy, rival] }), {
    code: 'TOKEN_BOUND_TWICE',
  });
});

test.serial('nothing is looked up when a socket speaks', async (t) => {
  let moved = -1;
  await said(LAYERS, (note) => {
    const socket = note.socket();
    const before = Scope.lookups;
    for (let i = 0; i < 100; i++) socket.say();
    moved = Scope.lookups - before;
  });
  t.is(moved, 0);
});

test('two stacks share nothing', async (t) => {
  const build = () => buildStack(LAYERS, { plugins: [toy] });
  const [a, b]: (Stack & { container: { get: typeof Scope.prototype.get } })[] = [await build(), await build()];
  t.not(a.container.get(MARK), b.container.get(MARK));
  t.not(a.host, b.host);
  t.not(a.layer(Note), b.layer(Note));
});
