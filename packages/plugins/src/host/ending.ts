/** What has to be undone when the process ends. */
const actions = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has `action` called when the process ends: by itself, by an uncaught exception, or by SIGINT, SIGTERM or SIGHUP. It
 * must not wait for anything. A program that handles a signal itself goes on, and the action waits for its end: it
 * closes its stacks first, which may still need what would be undone.
 */
export function atTheEnd(action: () => void): void {
  if (actions.size === 0) {
    process.on('exit', undoAll);
    // First of all: a listener that was added with `once` is gone when its turn is over, and would not be counted.
    for (const signal of signals) process.prependListener(signal, onSignal);
  }
  actions.add(action);
}

/** Takes it back. */
export function notAtTheEnd(action: () => void): void {
  if (!actions.delete(action) || actions.size > 0) return;
  process.removeListener('exit', undoAll);
  for (const signal of signals) process.removeListener(signal, onSignal);
}

function undoAll(): void {
  for (const action of [...actions]) action();
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  undoAll();
  process.removeListener(signal, onSignal);
  process.kill(process.pid, signal);
}
