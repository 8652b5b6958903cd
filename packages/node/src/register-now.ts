/**
 * @packageDocumentation
 * The preload for `node --require @netwright/node/register app.js`, which cannot wait: whatever the stack needs must be
 * there without the event loop.
 */
import { createRequire } from 'node:module';
import { manifest, putLoopback, refusal } from './preload/begin.js';

const require = createRequire(import.meta.url);
const refused = refusal();
if (refused) {
  const { fail } = require('./errors.js') as typeof import('./errors.js');
  throw fail(refused.code, refused.details);
}
if (refused === null) {
  const file = manifest();
  if (file !== undefined) putManifestNow(file);
  else putLoopback();
}

/** Serves promises until the stack stands. @throws NODE_MANIFEST where it waits for more than promises. */
function putManifestNow(file: string): void {
  const { putManifest } = require('./program.js') as typeof import('./program.js');
  let outcome: { error?: unknown } | undefined;
  putManifest(file, async () => require('./stack/manifest.js')).then(
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
    const { fail } = require('./errors.js') as typeof import('./errors.js');
    const problem = 'it loads plugins or opens devices that have to be waited for';
    throw fail('NODE_MANIFEST', { file, problem, expected: 'Use --import instead of --require.' });
  }
  if ('error' in outcome) throw outcome.error;
}
