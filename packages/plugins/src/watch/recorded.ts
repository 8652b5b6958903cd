import type { Direction } from './pcapng.js';

/**
 * Which frames a watcher takes down. Each stack sees what it sends and what it receives; when both ends of a cable are
 * watched, `both` shows every frame twice. `sent` shows each once, the lost ones too, since they were sent; `received`
 * shows what has arrived. `auto` is `both` for one stack and `sent` for several.
 */
export type Recorded = 'auto' | 'both' | 'sent' | 'received';

/** The choices of {@link Recorded}. */
export const RECORDED = ['auto', 'both', 'sent', 'received'] as const;

/** Whether a frame of this direction is taken down by a watcher of so many stacks. */
export function takesDown(record: Recorded, direction: Direction, stacks: number): boolean {
  const choice = record === 'auto' ? (stacks > 1 ? 'sent' : 'both') : record;
  return choice === 'both' || (choice === 'sent') === (direction === 'out');
}
