import { listActive } from './active.js';
import { nativeBinding, nativeParts } from './binding.js';
import { keepFromChildren } from './child-process.js';
import { errorTexts } from './dgram/errno.js';
import { installDatagrams, type UdpBinding } from './dgram/install.js';
import { type CaresBinding, installLookups } from './dns/install.js';
import { installStreams, recognizeStreams } from './handle/install.js';
import { Home } from './home.js';
import { Linger } from './linger.js';
import { isLoaded, takeOverLoaded } from './preload/loaded.js';
import { nameBirths } from './preload/name-births.js';
import { DeviceRest } from './rest.js';
import { Rounds } from './rounds.js';

/** The module that builds a stack from a manifest. It loads modules of Node that must find our handles in place. */
export type ManifestModule = typeof import('./stack/manifest.js');

/**
 * Puts the stack of a manifest under this program.
 * @param loadManifests loads the module that builds stacks from manifests.
 * @returns to be awaited before the program begins.
 * @throws NODE_MANIFEST, and what is wrong in the manifest.
 */
export async function putManifest(file: string, loadManifests: () => Promise<ManifestModule>): Promise<void> {
  const early = isLoaded('net');
  const rounds = new Rounds();
  let home: Home | undefined;
  installStreams(() => home as Home);
  const udp = nativeBinding<UdpBinding>('udp_wrap');
  // What builds the stack loads net and dgram, for its own child processes: they take the class that is there by then.
  const own: UdpBinding = { ...udp };
  udp.UDP = new Proxy(udp.UDP, { construct: (_, given) => new own.UDP(...(given as [])) });
  const { manifestStack } = await loadManifests();
  const { stack, elsewhere } = await manifestStack(file, rounds);
  const devices = new DeviceRest(stack, rounds);
  home = new Home(stack, rounds, devices);
  home.elsewhere = elsewhere || process.env.NETWRIGHT_ELSEWHERE === 'host';
  home.linger = new Linger(home.awake);
  installDatagrams(own, home);
  keepFromChildren();
  installLookups(nativeBinding<CaresBinding>('cares_wrap'), home);
  if (early) {
    recognizeStreams();
    const { TCP } = nativeParts().tcp;
    takeOverLoaded({ TCP, UDP: own.UDP, errors: errorTexts });
  }
  listActive(rounds.port, () => home);
  nameBirths();
  devices.unref();
  // Others at this event may go on with the program, and would see it a second time.
  const ended = () => {
    if (process.listenerCount('beforeExit') > 1) return;
    process.off('beforeExit', ended);
    (home as Home).part();
  };
  if (devices.some) process.on('beforeExit', ended);
  // Captures are completed and guards let go, without the event loop, which is over by then.
  process.on('exit', () => {
    devices.attend();
    stack.stop().catch(() => {});
    (process as unknown as { _tickCallback: () => void })._tickCallback();
  });
}
