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

/**
 * Puts a stack under this program.
 * @returns undefined where it is there already; else a promise, to be awaited before the program begins.
 * @throws NODE_LOADED_BEFORE, NODE_REGISTERED, NODE_BINDING_BLOCKED
 */
export function beginProgram(): Promise<void> | undefined {
  if (home !== undefined) throw fail('NODE_REGISTERED');
  nativeParts();
  const loaded = (process as unknown as { moduleLoadList: string[] }).moduleLoadList;
  const late = TOO_LATE.filter((name) => loaded.includes(`NativeModule ${name}`));
  if (late.length > 0) throw fail('NODE_LOADED_BEFORE', { modules: late.map((name) => `node:${name}`).join(', ') });
  const rounds = new Rounds();
  begin(new Home(loopbackStack(rounds), rounds));
  return undefined;
}

function begin(made: Home): void {
  home = made;
  installStreams(made);
  installDatagrams(nativeBinding<UdpBinding>('udp_wrap'), made);
  installLookups(nativeBinding<CaresBinding>('cares_wrap'), made);
}

/** The stack under this program. */
export function programHome(): Home | undefined {
  return home;
}
