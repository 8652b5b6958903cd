import { nativeBinding } from './binding.js';

/** A class of Node's whose objects go through message ports: what `net.BlockList` is to us. */
interface Cloneable {
  new (): object;
  readonly prototype: object;
}

/** What a copy of such an object is made of. */
interface CloneData {
  data: unknown;
  deserializeInfo: string;
}

type Deserialize = (this: object, data: unknown) => void;

/** Where the steps are kept, for all copies of this file in a thread. */
const STEPS = Symbol.for('netwright:direct');

const builtin = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule?.bind(process);

/**
 * Something to post to a port: `step` is called when it arrives, before the port has entered JavaScript, as native code
 * would be called by the event loop. Native code that `step` calls then serves ticks and promises after each of the
 * callbacks that it makes; from within a callback it would not, and what TLS, HTTP/1 and HTTP/2 tell of one piece of
 * bytes would come all at once.
 *
 * Node calls a method of an object that it takes from a message, and it does so there.
 * @param step does not throw.
 * @returns nothing where this version of Node does it otherwise.
 */
export function directCarrier(step: () => void): object | undefined {
  const list = (builtin?.('net') as { BlockList?: Cloneable } | undefined)?.BlockList;
  if (list === undefined) return undefined;
  const methods = list.prototype as Record<symbol, unknown>;
  const named = (description: string) =>
    Object.getOwnPropertySymbols(methods).find((each) => each.description === description);
  const [clone, deserialize] = [named('messaging_clone_symbol'), named('messaging_deserialize_symbol')];
  if (clone === undefined || deserialize === undefined) return undefined;
  const carrier = new list() as Record<symbol, () => CloneData>;
  const { deserializeInfo } = carrier[clone]();
  const steps = hook(methods as Record<symbol, Deserialize>, deserialize);
  const data = `netwright:${steps.size}`;
  steps.set(data, step);
  Object.defineProperty(carrier, clone, { value: () => ({ data, deserializeInfo }) });
  return carrier;
}

function hook(methods: Record<symbol, Deserialize>, deserialize: symbol): Map<unknown, () => void> {
  const original = methods[deserialize] as Deserialize & { [STEPS]?: Map<unknown, () => void> };
  if (original[STEPS] !== undefined) return original[STEPS];
  const steps = new Map<unknown, () => void>();
  const value: Deserialize = function (data) {
    const step = steps.get(data);
    if (step === undefined) original.call(this, data);
    else step();
  };
  Object.defineProperty(value, STEPS, { value: steps });
  Object.defineProperty(methods, deserialize, { value, writable: true, configurable: true });
  return steps;
}

/**
 * Calls `action`; what it throws comes when the result is asked for its next value, and as if it had only then been
 * thrown: with the place in the source that a program which ends by it is told.
 * @returns nothing where it did not throw.
 */
export function guarded(action: () => void): Generator<void> | null {
  const run = running(action);
  return run.next().done === true ? null : run;
}

/** A block that is left by an exception may wait in its `finally`. */
function* running(action: () => void): Generator<void> {
  let failed = true;
  try {
    action();
    failed = false;
  } finally {
    if (failed) yield;
  }
}

type Callback = (...given: unknown[]) => unknown;

/** Node's own, which lets a function stand between native code and the callbacks that it makes (for `async_hooks`). */
interface AsyncWrap {
  setCallbackTrampoline(
    between?: (id: number, resource: object, callback: Callback, ...given: unknown[]) => unknown,
  ): void;
  readonly async_hook_fields: Uint32Array;
  readonly async_id_fields: Float64Array;
  popAsyncContext(id: number): boolean;
  readonly constants: Readonly<
    Record<'kTotals' | 'kUsesExecutionAsyncResource' | 'kStackLength' | 'kExecutionAsyncId', number>
  >;
}

let wrap: AsyncWrap | null | undefined;
/** Callbacks under way, one within the other. */
let depth = 0;

/**
 * Calls `action`, which calls native code that makes several callbacks. What one of them throws, or its ticks, is an
 * uncaught exception before the next one is made: native code under JavaScript would go on with it, and V8 before Node 24
 * would lose it, or end the process. Programs with asynchronous hooks have that place for themselves.
 * @returns as `guarded`
 */
export function overseen(action: () => void): Generator<void> | null {
  if (wrap === undefined) wrap = asyncWrap();
  if (wrap === null) return guarded(action);
  const { async_hook_fields: fields, constants } = wrap;
  const { kTotals, kUsesExecutionAsyncResource: kUsed } = constants;
  if (fields[kTotals] > 0 || fields[kUsed] > 0) return guarded(action);
  wrap.setCallbackTrampoline(between);
  fields[kUsed] = 1;
  depth = 0;
  try {
    return guarded(action);
  } finally {
    // The program may have asked for hooks in the meantime.
    if (fields[kTotals] === 0) {
      wrap.setCallbackTrampoline();
      fields[kUsed] = 0;
    }
  }
}

function asyncWrap(): AsyncWrap | null {
  try {
    return nativeBinding<AsyncWrap>('async_wrap');
  } catch {
    // Node 24 keeps it to itself.
    return null;
  }
}

function between(this: unknown, _id: number, _resource: object, callback: Callback, ...given: unknown[]): unknown {
  if (depth > 0) return Reflect.apply(callback, this, given);
  const { async_hook_fields: fields, async_id_fields: ids, constants } = wrap as AsyncWrap;
  const contexts = fields[constants.kStackLength];
  let result: unknown;
  depth++;
  try {
    const thrown =
      guarded(() => {
        result = Reflect.apply(callback, this, given);
      }) ?? guarded(serveTicks);
    // Node makes an uncaught exception of what is thrown here, where native code serves ticks and promises: next.
    if (thrown !== null) queueMicrotask(() => void thrown.next());
    // What has thrown has left its context behind.
    while (fields[constants.kStackLength] > contexts) wrap?.popAsyncContext(ids[constants.kExecutionAsyncId]);
  } finally {
    depth--;
  }
  return result;
}

/** Serves ticks and promises now, as native code does after each of its callbacks. */
export function serveTicks(): void {
  (process as unknown as { _tickCallback(): void })._tickCallback();
}
