/** What has been asked to happen on SIGINT and SIGTERM. */
export interface Interruption {
  /** No longer. */
  forget(): void;
}

/**
 * Calls `action` when the process is asked to stop. A second time it gives up at once: what hangs must not hold the
 * operator.
 */
export function interruption(action: () => unknown): Interruption {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
    asked = true;
    void action();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    forget() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
