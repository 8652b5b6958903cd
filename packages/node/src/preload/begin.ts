import * as async_hooks from 'node:async_hooks';
import * as buffer from 'node:buffer';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as url from 'node:url';
import { Script } from 'node:vm';
import * as worker_threads from 'node:worker_threads';
import { listActive } from '../active.js';
import { births } from '../births.js';
import { Beat } from './beat.js';
import { isLoaded, type StandIns, takeOverLoaded } from './loaded.js';
import { nameBirths } from './name-births.js';

// This file and what it imports are all that a program without network pays for: nothing of the stack may be among them.

/** What preload/late.ts exports. */
type Late = typeof import('./late.js');

type NativeClass = new (...given: never[]) => object;

/** The preload cannot do its work: an error's code and what it names. */
export interface Refusal {
  readonly code: 'NODE_LOADED_BEFORE' | 'NODE_BINDING_BLOCKED';
  readonly details: Record<string, string>;
}

/** Modules of Node that take their handles when they are loaded, and cannot be given others. */
const TOO_LATE = ['tls', 'dgram', 'dns'];
/** Modules of Node that the late stack imports: the program may have changed how modules are loaded. */
const MODULES = new Map<string, object>(Object.entries({ async_hooks, buffer, fs, url, worker_threads }));
const BINDINGS = [
  'js_stream',
  'stream_wrap',
  'tcp_wrap',
  'tls_wrap',
  'udp_wrap',
  'cares_wrap',
  'pipe_wrap',
  'process_wrap',
  'uv',
];
/** Versions of Node that have async_wrap for everybody: see direct.ts. */
const isOld = Number.parseInt(process.versions.node, 10) < 24;
/** The keys of binding.ts: that file is part of the late stack. */
const LENT = Symbol.for('netwright:lent');
const NATIVE = Symbol.for('netwright:native');

/**
 * Looks whether a stack can be put under this program.
 * @returns null where it can, undefined where there is one already.
 */
export function refusal(): Refusal | null | undefined {
  const begun = process as { [LENT]?: true };
  if (begun[LENT] === true) return undefined;
  try {
    bindings();
  } catch (error) {
    return { code: 'NODE_BINDING_BLOCKED', details: { cause: (error as Error).message } };
  }
  // Node itself loads net for standard input, and dgram with it for the channel of a child process.
  const late = TOO_LATE.filter((name) => isLoaded(name) && !(name === 'dgram' && hasChannel()));
  if (late.length > 0) {
    return { code: 'NODE_LOADED_BEFORE', details: { modules: late.map((name) => `node:${name}`).join(', ') } };
  }
  Object.defineProperty(process, LENT, { value: true });
  return null;
}

/** Whether this is a child process with a channel to its parent: for that Node itself has loaded net and dgram. */
function hasChannel(): boolean {
  return process.channel !== undefined && process.channel !== null;
}

/** Whether the stack is described by a manifest: which. */
export function manifest(): string | undefined {
  return process.env.NETWRIGHT_MANIFEST || undefined;
}

/** Puts a loopback stack under this program, which is made when the program makes its first handle. */
export function putLoopback(): void {
  const found = bindings();
  const lent = {
    bindings: Object.fromEntries(Object.entries(found).map(([name, each]) => [name, { ...each }])),
    channel: new worker_threads.MessageChannel(),
    // One for the timers of the stack, one for each family's deliveries.
    beats: [new Beat(), new Beat(), new Beat()],
    births,
  };
  for (const end of [lent.channel.port1, lent.channel.port2]) end.unref();
  Object.assign(lent.bindings, bindings(isOld ? ['async_wrap'] : []));
  // TLS is told of by a function that is put in its place.
  lent.bindings.tls_wrap = found.tls_wrap;
  const evaluate = evaluator({ [LENT]: lent });
  let late: Late | undefined;
  const classes = (): Late => {
    late ??= evaluate();
    return late;
  };
  found.tcp_wrap.TCP = standIn(found.tcp_wrap.TCP, () => classes().Stream);
  found.udp_wrap.UDP = standIn(found.udp_wrap.UDP, () => classes().Datagrams);
  if (isLoaded('net')) {
    takeOverLoaded({
      TCP: found.tcp_wrap.TCP as StandIns['TCP'],
      UDP: found.udp_wrap.UDP as StandIns['UDP'],
      errors: (found.uv as unknown as { getErrorMap: StandIns['errors'] }).getErrorMap,
    });
  }
  found.cares_wrap.ChannelWrap = standIn(found.cares_wrap.ChannelWrap, () => classes().Channel);
  listActive(lent.channel.port1, () => late?.active);
  nameBirths();
}

/** Internal modules of Node, without the warning that they are internal. */
function bindings(names = BINDINGS): Record<string, Record<string, NativeClass>> {
  const node = process as unknown as { binding(name: string): Record<string, NativeClass>; noDeprecation?: boolean };
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  // Warnings of deprecation (DEP0111, where --pending-deprecation asks for them) are for who can do something about it.
  node.noDeprecation = true;
  try {
    return Object.fromEntries(names.map((name) => [name, node.binding(name)]));
  } finally {
    if (before === undefined) delete node.noDeprecation;
    else Object.defineProperty(process, 'noDeprecation', before);
  }
}

/** A class in the place of a native one, which becomes another when the first of it is made. */
function standIn(native: NativeClass, find: () => NativeClass): NativeClass {
  // Not a class: those keep their prototype from proxies.
  function target() {}
  Object.defineProperty(target, 'name', { value: native.name });
  let found: NativeClass | undefined;
  const real = (): NativeClass => {
    if (found !== undefined) return found;
    found = find();
    // Node may have added to the prototype: `owner`.
    const { constructor: _, ...added } = Object.getOwnPropertyDescriptors(target.prototype as object);
    Object.defineProperties(found.prototype, added);
    return found;
  };
  return new Proxy(target as unknown as NativeClass, {
    construct: (_, given) => Reflect.construct(real(), given),
    get(_, name) {
      if (name === NATIVE) return native;
      return Reflect.get(found ?? (name === 'prototype' || name === 'name' ? target : real()), name);
    },
  });
}

/**
 * The late stack, to be evaluated. Until then the program may have changed what is global: its own Date, timers that a
 * test moves. What the stack finds is as it is now, and nothing that it adds is seen by the program.
 */
function evaluator(more: object): () => Late {
  const require = createRequire(import.meta.url);
  const { performance, setImmediate, setInterval, setTimeout, clearImmediate, clearInterval, clearTimeout } =
    globalThis;
  const found: Record<PropertyKey, unknown> = {
    ...{ setImmediate, setInterval, setTimeout, clearImmediate, clearInterval, clearTimeout },
    ...{
      Date,
      Buffer,
      Promise,
      TextDecoder,
      TextEncoder,
      queueMicrotask,
      require: (name: string) => MODULES.get(name.replace('node:', '')) ?? require(name),
    },
    performance: {
      now: performance.now.bind(performance),
      timeOrigin: performance.timeOrigin,
      nodeTiming: (performance as { nodeTiming?: unknown }).nodeTiming,
    },
    // inversify's metadata are kept in it.
    Reflect: Object.defineProperties({}, Object.getOwnPropertyDescriptors(Reflect)),
  };
  // Not by assignment, which some of what is global would notice.
  const own = Object.create(globalThis, Object.getOwnPropertyDescriptors({ ...found, ...more }));
  const names = ['module', 'globalThis', ...Object.keys(found)];
  const file = url.fileURLToPath(new URL('../late.bundle.cjs', import.meta.url));
  const [read, Compiled] = [fs.readFileSync, Script];
  // V8 looks whether it is its own code, of a text as long as this one.
  const kept = file.replace('.cjs', `.${process.versions.v8}.code`);
  return () => {
    const text = `(function (${names.join(', ')}) {${read(file, 'utf8')}\n})`;
    const script = new Compiled(text, { filename: file, cachedData: readIfThere(read, kept) });
    const module = { exports: {} };
    script.runInThisContext()(module, own, ...Object.values(found));
    return module.exports as Late;
  };
}

function readIfThere(read: typeof fs.readFileSync, file: string): Buffer | undefined {
  try {
    return read(file);
  } catch {
    return undefined;
  }
}
