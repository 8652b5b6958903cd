import { listActive } from './active.js';
import { nativeBinding, nativeParts } from './binding.js';
import { installDatagrams, type UdpBinding } from './dgram/install.js';
import { type CaresBinding, installLookups } from './dns/install.js';
import { fail } from './errors.js';
import { installStreams } from './handle/install.js';
import { Home } from './home.js';
import { Rounds } from './rounds.js';
import { loopbackStack } from './stack/loopback.js';

/** Modules of Node that take their handles when they are loaded. */
const TOO_LATE = ['net', 'dgram', 'dns'];

/** The stack under this program; there is one a thread. */
let home: Home | undefined;
let begun = false;

/** The module that builds a stack from a manifest. It loads modules of Node that must find our handles in place. */
export type ManifestModule = typeof import('./stack/manifest.js');

/**
 * Puts a stack under this program.
 * @param loadManifests loads the module that builds stacks from manifests, where the environment names one.
 * @returns undefined where it is there already; else a promise, to be awaited before the program begins.
 * @throws NODE_LOADED_BEFORE, NODE_REGISTERED, NODE_BINDING_BLOCKED
 */
export function beginProgram(loadManifests: () => Promise<ManifestModule>): Promise<void> | undefined {
  if (begun) throw fail('NODE_REGISTERED');
  nativeParts();
  const loaded = (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
  const late = TOO_LATE.filter((name) => loaded.includes(`NativeModule ${name}`));
  if (late.length > 0) throw fail('NODE_LOADED_BEFORE', { modules: late.map((name) => `node:${name}`).join(', ') });
  begun = true;
  const rounds = new Rounds();
  installStreams(() => home as Home);
  const file = manifestFile();
  const udp = nativeBinding<UdpBinding>('udp_wrap');
  if (file === undefined) {
    begin(new Home(loopbackStack(rounds), rounds), udp);
    return undefined;
  }
  // What builds the stack loads net and dgram, for its own child processes: they take the class that is there by then.
  const own: UdpBinding = { ...udp };
  udp.UDP = new Proxy(udp.UDP, { construct: (_, given) => new own.UDP(...(given as [])) });
  return loadManifests()
    .then(({ manifestStack }) => manifestStack(file, rounds))
    .then((stack) => begin(new Home(stack, rounds), own));
}

/** The manifest that the environment names. */
export function manifestFile(): string | undefined {
  return process.env.NETWRIGHT_MANIFEST || undefined;
}

function begin(made: Home, udp: UdpBinding): void {
  home = made;
  installDatagrams(udp, made);
  installLookups(nativeBinding<CaresBinding>('cares_wrap'), made);
  listActive(made.handles, () => made.awake.holding);
  // Captures are completed and guards let go, without the event loop, which is over by then.
  process.on('exit', () => {
    made.stack.stop().catch(() => {});
    (process as unknown as { _tickCallback: () => void })._tickCallback();
  });
}

/** The stack under this program. */
export function programHome(): Home | undefined {
  return home;
}
