import type { Manifest, Setting } from '@netwright/core';

/** Something that makes a lab's life harder and may be taken away. */
export interface Impairment {
  /** 'links.0.loss' */
  readonly path: string;
  /** What takes it away. */
  readonly off: Setting;
  /** A share that may be made smaller; null where there is none. */
  readonly share: number | null;
}

const SHARES = ['loss', 'reorder', 'duplicate', 'corrupt', 'mark'];
const WHOLE = ['burst', 'rate', 'down'];

/** The impairments that a lab's manifest names: of its links, of single ends of them, and of its applications. */
export function impairmentsOf(manifest: Manifest): Impairment[] {
  if (manifest.kind !== 'lab') return [];
  const { nodes, links = [] } = manifest.value.topology;
  const found = links.flatMap((link, i) => [
    ...ofOptions(link, `links.${i}`),
    ...Object.entries((link['from'] ?? {}) as Record<string, object>).flatMap(([end, options]) =>
      ofOptions(options, `links.${i}.from.${end}`),
    ),
  ]);
  for (const [name, node] of Object.entries(nodes)) {
    for (const [i, app] of (node.apps ?? []).entries()) {
      if (typeof app === 'object' && 'stall' in app) found.push(without(`nodes.${name}.apps.${i}.stall`, ''));
    }
  }
  return found;
}

function ofOptions(options: object, path: string): Impairment[] {
  const values = options as Record<string, unknown>;
  const found: Impairment[] = [];
  for (const key of [...WHOLE, 'jitter', ...SHARES]) {
    const value = values[key];
    if (value === undefined || Number.parseFloat(String(value)) === 0) continue;
    const share = SHARES.includes(key) ? readShare(value) : null;
    found.push(without(`${path}.${key}`, WHOLE.includes(key) ? '' : '0', share));
  }
  return found;
}

function without(path: string, value: string, share: number | null = null): Impairment {
  return { path, off: [path, value], share };
}

function readShare(value: unknown): number {
  const share = Number.parseFloat(String(value));
  return String(value).includes('%') ? share / 100 : share;
}
