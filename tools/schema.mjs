// Writes docs/manifest.schema.json: the JSON Schema of manifests with all that the shipped plugins offer.
// `node tools/schema.mjs --check` writes nothing and fails where the file is not what it would write.
import { manifestJsonSchema, shippedPlugins } from '../packages/cli/dist/index.js';
import { writePages } from './pages.mjs';

writePages({ 'docs/manifest.schema.json': `${JSON.stringify(manifestJsonSchema(shippedPlugins), null, 2)}\n` });
