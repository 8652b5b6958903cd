import {
  type AnyPlugin,
  APPLICATION,
  definePlugin,
  HOST,
  type Host,
  implementation,
  Layer,
  layer,
  type Packet,
  SeededRandom,
  token,
} from '@netwright/core';
import {
  conformance,
  expectFrame,
  fromHex,
  hexDump,
  MemoryDevice,
  mutate,
  noise,
  toHex,
} from '@netwright/core/testing';
import test from 'ava';
import { inject } from 'inversify';
import { z } from 'zod';
import { toy, Wire } from './toy.js';

for (const { name, run } of conformance(toy, {
  implementationOptions: { 'mark.fixed': { mark: 'x' } },
  frames: [Uint8Array.of(1, 104, 105)],
})) {
  if (name.includes('"greeting.lost" of toy.greeting provides'))
    test(`${name}: refused`, (t) => t.throwsAsync(async () => run()).then(() => t.pass()));
  else
    test(name, async (t) => {
      await run();
      t.pass();
    });
}

/** What the suite says against a plugin: the checks that fail. */
async function failures(plugin: AnyPlugin): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of conformance(plugin, { plugins: [toy] })) {
    try {
      await run();
    } catch (error) {
      failed.push(`${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  return failed;
}

const base = { name: 'bad', version: '1.0.0' };

test('options that let unknown keys pass are refused', async (t) => {
  const [failed] = await failures(definePlugin({ ...base, options: z.object({}) }));
  t.regex(failed, /use z\.strictObject/);
});

test('defaults that their schema refuses are refused', async (t) => {
  const [failed] = await failures(definePlugin({ ...base, options: z.strictObject({ need: z.string() }) as never }));
  t.regex(failed, /the schema refuses \{\}/);
});

test('an implementation for a token without a page is refused', async (t) => {
  const orphan = implementation({
    name: 'x',
    token: token<object>('orphan'),
    summary: 'x',
    provide: () => ({ value: {} }),
  });
  t.regex((await failures(definePlugin({ ...base, implementations: [orphan] })))[0], /has no page/);
});

test('an application that is no function is refused', async (t) => {
  const wrong = implementation({
    name: 'x',
    token: APPLICATION,
    summary: 'x',
    provide: () => ({ value: {} as never }),
  });
  t.regex((await failures(definePlugin({ ...base, implementations: [wrong] })))[0], /wants a function/);
});

test('a layer that keeps packets, throws at garbage, or leaves an alarm is refused', async (t) => {
  @layer({ name: 'keeps', over: [{ layer: 'wire', key: 7 }] })
  class Keeps extends Layer {
    receive(): void {}
  }
  @layer({ name: 'throws', over: [{ layer: 'wire', key: 7 }] })
  class Throws extends Layer {
    receive(packet: Packet): void {
      const [length] = packet.toBytes();
      packet.release();
      if (length > 100) throw new RangeError('too long');
    }
  }
  @layer({ name: 'wakes', over: [{ layer: 'wire', key: 7 }] })
  class Wakes extends Layer {
    constructor(@inject(HOST) private readonly host: Host) {
      super();
    }
    override start(): void {
      const { clock } = this.host;
      const alarm = clock.alarm(() => alarm.set(clock.now() + 1000));
      alarm.set(0);
    }
    receive(packet: Packet): void {
      packet.release();
    }
  }
  t.regex((await failures(definePlugin({ ...base, layers: [Keeps] })))[0], /no packet slot is free|not released/);
  t.regex((await failures(definePlugin({ ...base, layers: [Throws] })))[0], /made it throw: RangeError: too long/);
  t.regex((await failures(definePlugin({ ...base, layers: [Wakes] })))[0], /1 alarms of the clock are still set/);
});

test('a frame without a reason is refused', async (t) => {
  @layer({ name: 'mute', over: [{ layer: 'wire', key: 7 }] })
  class Mute extends Layer {
    private wire: Wire | null = null;
    override attached(lower: Layer): void {
      this.wire = lower as Wire;
    }
    receive(packet: Packet): void {
      this.wire?.send(packet, 7);
    }
  }
  t.regex((await failures(definePlugin({ ...base, layers: [Mute] })))[0], /had no reason/);
});

test('frames are matched by reason, bytes with gaps, and fields', (t) => {
  const frame = { bytes: fromHex('01 68:69'), reason: 'note.said', why: 'note.said' };
  const fields = (bytes: Uint8Array) => ({ 'note.key': bytes[0] });
  t.notThrows(() => expectFrame(frame, { reason: 'note.said', bytes: '01 .. 69', fields: { 'note.key': 1 } }, fields));
  t.throws(() => expectFrame(frame, { reason: 'arp.reply' }), {
    message: /its reason is note.said, expected arp.reply/,
  });
  t.throws(() => expectFrame(frame, { bytes: '01 68 6a' }), { message: /byte 2 is 69, expected 6a/ });
  t.throws(() => expectFrame(frame, { fields: { 'note.key': 2 } }, fields), { message: /note.key is 1, expected 2/ });
  t.throws(() => expectFrame(undefined, { reason: 'x' }), { message: /no frame was sent/ });
  t.is(toHex(frame.bytes), '01 68 69');
  t.is(hexDump(frame.bytes), `0000  ${'01 68 69'.padEnd(47)}  .hi`);
  t.throws(() => fromHex('0x1'));
});

test('damage is the same for the same seed, and leaves the original alone', (t) => {
  const original = fromHex('00 11 22 33 44 55 66 77');
  const make = (seed: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 50 }, () => toHex(mutate(original, random))).concat(toHex(noise(9, random)));
  };
  t.deepEqual(make(1), make(1));
  t.notDeepEqual(make(1), make(2));
  t.true(new Set(make(1)).size > 25);
  t.is(toHex(original), '00 11 22 33 44 55 66 77');
});

test('a memory device takes nothing while it is closed', (t) => {
  t.is(new MemoryDevice().inject(Uint8Array.of(1)), 0);
});
