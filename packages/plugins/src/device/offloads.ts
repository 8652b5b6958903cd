import { fail } from '../errors.js';
import { atTheEnd, notAtTheEnd } from '../host/ending.js';
import { runHostCommand } from '../host/host-command.js';

/**
 * What makes frames on an interface larger than its MTU, or leaves their checksums to a card: by ethtool's short names,
 * under the names that it prints.
 */
const FEATURES: Readonly<Record<string, string>> = {
  'tcp-segmentation-offload': 'tso',
  'generic-segmentation-offload': 'gso',
  'generic-receive-offload': 'gro',
  'large-receive-offload': 'lro',
  'tx-checksumming': 'tx',
};

/** The features of an interface that were on, and how to turn them on again. */
export class Offloads {
  private readonly undo = () => this.restore();

  private constructor(
    private readonly network: string,
    /** ethtool's short names: 'tso'. */
    readonly turnedOff: readonly string[],
  ) {}

  /**
   * Turns them off; they are on again after `restore`, or when the process ends.
   * @throws CAPTURE_OFFLOADS when ethtool is missing, or refuses.
   */
  static turnOff(network: string): Offloads {
    const shown = runHostCommand('ethtool', ['-k', network]);
    if (shown.failed) throw fail('CAPTURE_OFFLOADS', { interface: network, cause: shown.complaint });
    const on = shown.stdout.split('\n').flatMap((line) => {
      // 'tcp-segmentation-offload: on'; a feature that cannot be changed is marked '[fixed]'.
      const match = /^([a-z-]+): on$/.exec(line);
      return match === null ? [] : (FEATURES[match[1]] ?? []);
    });
    if (on.length === 0) return new Offloads(network, []);
    const off = runHostCommand('ethtool', ['-K', network, ...on.flatMap((each) => [each, 'off'])]);
    if (off.failed) throw fail('CAPTURE_OFFLOADS', { interface: network, cause: off.complaint });
    const offloads = new Offloads(network, on);
    atTheEnd(offloads.undo);
    return offloads;
  }

  /** Turns on what was turned off. */
  restore(): void {
    if (this.turnedOff.length === 0) return;
    notAtTheEnd(this.undo);
    runHostCommand('ethtool', ['-K', this.network, ...this.turnedOff.flatMap((each) => [each, 'on'])]);
  }
}
