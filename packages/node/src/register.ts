/**
 * @packageDocumentation
 * The preload: `node --import @netwright/node/register app.js`. It puts a stack under `net` and all that stands on it.
 */
import { beginProgram } from './program.js';

const ready = beginProgram(() => import('./stack/manifest.js'));
if (ready !== undefined) await ready;
