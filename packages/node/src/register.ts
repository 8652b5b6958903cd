/**
 * @packageDocumentation
 * The preload: `node --import @netwright/node/register app.js`. It puts a stack under `net` and all that stands on it.
 */
import { manifest, putLoopback, refusal } from './preload/begin.js';

const refused = refusal();
if (refused) {
  const { fail } = await import('./errors.js');
  throw fail(refused.code, refused.details);
}
if (refused === null) {
  const file = manifest();
  if (file !== undefined) await (await import('./program.js')).putManifest(file, () => import('./stack/manifest.js'));
  else putLoopback();
}
