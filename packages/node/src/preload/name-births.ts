import type * as AsyncHooks from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { births } from '../births.js';

// Part of what every program with the preload pays for: it imports nothing of the stack.

type Hook = AsyncHooks.HookCallbacks;
type Told = (this: unknown, id: number, ...rest: unknown[]) => void;

/** Lets hooks of the program hear of handles of a stack by the names of the native ones. */
export function nameBirths(): void {
  const hooks = createRequire(import.meta.url)('node:async_hooks') as { createHook: typeof AsyncHooks.createHook };
  const { createHook } = hooks;
  const hidden = new Set<number>();
  const unlessHidden = (callback: unknown): Told | undefined =>
    typeof callback === 'function'
      ? function (this: unknown, id, ...rest) {
          if (!hidden.has(id)) Reflect.apply(callback, this, [id, ...rest]);
        }
      : undefined;

  const named = (callbacks: Hook): Hook => {
    const { init, before, after, destroy } = callbacks;
    const all = [init, before, after, destroy];
    // Node says what is wrong with them.
    if (!all.every((each) => each === undefined || typeof each === 'function')) return callbacks;
    if (all.every((each) => each === undefined)) return callbacks;
    const forget = unlessHidden(destroy);
    // What was said to be over when it was closed is not so a second time when it is collected.
    const over = new Set<number>();
    births.closed ??= new Set();
    const wrapped: Record<string, Told | undefined> = {
      init(id, type, trigger, resource) {
        if (births.hidden) hidden.add(id);
        else if (init !== undefined) {
          const name = type === 'JSSTREAM' ? (births.type ?? type) : type;
          Reflect.apply(init, this, [id, name, births.trigger || trigger, births.resource ?? resource]);
        }
      },
      before: unlessHidden(before),
      after: unlessHidden(after),
      destroy(id) {
        if (hidden.delete(id)) return;
        if (over.delete(id)) {
          births.closed?.delete(id);
          return;
        }
        if (births.closed?.has(id) === true) over.add(id);
        forget?.call(this, id);
      },
    };
    const own = Object.entries(wrapped).filter(([, value]) => value !== undefined);
    return Object.create(callbacks, Object.fromEntries(own.map(([name, value]) => [name, { value }]))) as Hook;
  };
  hooks.createHook = function createHookOfNames(callbacks) {
    return createHook(typeof callbacks === 'object' && callbacks !== null ? named(callbacks) : callbacks);
  };
  Object.defineProperty(hooks.createHook, 'name', { value: createHook.name });
  syncBuiltinESMExports();
}
