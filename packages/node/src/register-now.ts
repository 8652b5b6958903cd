/**
 * @packageDocumentation
 * The preload for `node --require @netwright/node/register app.js`, which cannot wait: whatever the stack needs must be
 * there without the event loop.
 */
import { createRequire } from 'node:module';
import { fail } from './errors.js';
import { beginProgram, type ManifestModule, manifestFile } from './program.js';

const ready = beginProgram(async () => createRequire(import.meta.url)('./stack/manifest.js') as ManifestModule);
if (ready !== undefined) finishNow(ready);

/** Serves promises until the stack stands. @throws NODE_MANIFEST where it waits for more than promises. */
function finishNow(ready: Promise<void>): void {
  let outcome: { error?: unknown } | undefined;
  ready.then(
    () => {
      outcome = {};
    },
    (error: unknown) => {
      outcome = { error };
    },
  );
  // What Node itself calls between two callbacks.
  (process as unknown as { _tickCallback: () => void })._tickCallback();
  if (outcome === undefined) {
    const problem = 'it loads plugins or opens devices that have to be waited for';
    throw fail('NODE_MANIFEST', { file: manifestFile(), problem, expected: 'Use --import instead of --require.' });
  }
  if ('error' in outcome) throw outcome.error;
}
