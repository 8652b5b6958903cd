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
