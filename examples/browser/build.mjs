// `pnpm --filter netwright-example-browser build:browser`: writes dist/page.js, which index.html loads.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const script = await bundle(`${here}src/page.js`);
mkdirSync(`${here}dist`, { recursive: true });
writeFileSync(`${here}dist/page.js`, script);
console.log(`dist/page.js: ${Math.round(script.length / 1024)} KiB`);
