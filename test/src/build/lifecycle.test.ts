import {
  APPLICATION,
  buildStack,
  type Device,
  definePlugin,
  implementation,
  Layer,
  layer,
  NO_OFFLOAD,
  type Packet,
  WATCHER,
} from '@netwright/core';
import test from 'ava';
import { z } from 'zod';

/** A stack whose every piece writes down when it starts and stops; one of them may fail. */
function scene(failing: string | null = null, when: 'start' | 'stop' = 'start') {
  const log: string[] = [];
  const step = async (what: 'start' | 'stop', who: string) => {
    log.push(`${what} ${who}`);
    await undefined;
    if (who === failing && what === when) throw new Error(`${who} broke`);
  };
  abstract class Piece extends Layer {
    receive(packet: Packet): void {
      packet.release();
    }
    override start = () => step('start', this.name);
    override stop = () => step('stop', this.name);
  }
  @layer({ name: 'low', over: [] })
  class Low extends Piece {}
  @layer({ name: 'middle', over: [{ layer: 'low', key: 1 }] })
  class Middle extends Piece {}
  @layer({ name: 'high', over: [{ layer: 'middle', key: 1 }] })
  class High extends Piece {}
  const part = (name: string) => ({ start: () => step('start', name), stop: () => step('stop', name) });
  const plugin = definePlugin({
    name: 'scene',
    version: '1.0.0',
    layers: [Low, Middle, High],
    implementations: [
      implementation<never, { name: string }>({
        name: 'player',
        token: APPLICATION as never,
        summary: 'An application',
        options: z.strictObject({ name: z.string() }),
        provide: ({ name }) => ({ value: (() => part(name)) as never }),
      }),
      implementation({
        name: 'viewer',
        token: WATCHER,
        summary: 'A watcher',
        provide: () => ({ value: () => ({ ...part('watcher'), tap: () => ({ frame() {} }) }) }),
      }),
    ],
  });
  const device: Device = {
    name: 'device',
    mtu: 1500,
    address: null,
    offload: NO_OFFLOAD,
    open: () => step('start', 'device'),
    send() {},
    close: () => step('stop', 'device'),
  };
  const manifest = {
    // In any order: the declarations say which is lower.
    layers: ['high', 'low', 'middle'],
    apps: [
      { use: 'player', name: 'first' },
      { use: 'player', as: 'again', name: 'second' },
    ],
    watch: ['viewer'],
  };
  return { log, build: () => buildStack(manifest, { plugins: [plugin], device }) };
}

const ORDER = ['watcher', 'device', 'low', 'middle', 'high', 'first', 'second'];
const starts = ORDER.map((each) => `start ${each}`);
const stops = [...ORDER].reverse().map((each) => `stop ${each}`);

test('everything starts from below, and stops in reverse', async (t) => {
  const { log, build } = scene();
  const stack = await build();
  t.deepEqual(log, [], 'building starts nothing');
  await stack.start();
  t.deepEqual(log.splice(0), starts);
  await stack.stop();
  t.deepEqual(log, stops);
});

for (const failing of ORDER) {
  test(`when ${failing} fails to start, what was started is stopped in reverse and the error is told`, async (t) => {
    const { log, build } = scene(failing);
    const stack = await build();
    await t.throwsAsync(stack.start(), { message: `${failing} broke` });
    const started = ORDER.slice(0, ORDER.indexOf(failing) + 1);
    t.deepEqual(log, [...started.map((each) => `start ${each}`), ...started.reverse().map((each) => `stop ${each}`)]);
    t.false(stack.started);
  });

  test(`when ${failing} fails to stop, the rest is stopped all the same and the error is told`, async (t) => {
    const { log, build } = scene(failing, 'stop');
    const stack = await build();
    await stack.start();
    log.length = 0;
    await t.throwsAsync(stack.stop(), { message: `${failing} broke` });
    t.deepEqual(log, stops);
  });
}

test('a stop while it starts undoes what has been started, and start() says so', async (t) => {
  const { log, build } = scene();
  const stack = await build();
  const starting = stack.start();
  await stack.stop();
  await t.throwsAsync(starting, { code: 'STACK_STOPPED' });
  const begun = log.filter((each) => each.startsWith('start')).map((each) => each.slice(6));
  t.true(begun.length > 0 && begun.length < ORDER.length);
  t.deepEqual(
    log
      .filter((each) => each.startsWith('stop'))
      .map((each) => each.slice(5))
      .sort(),
    [...begun].sort(),
  );
});

test('a stack starts once, and may be stopped again', async (t) => {
  const { build } = scene();
  const stack = await build();
  await stack.start();
  await t.throwsAsync(stack.start(), { code: 'STACK_STARTED' });
  await stack.stop();
  await t.notThrowsAsync(stack.stop());
});
