// Bundles a program with core, layers and what of the plugins runs in a page, for a page.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const resolve = createRequire(import.meta.url).resolve;

/** `import { z }` brings all of zod along, with its messages in forty languages; `import * as z` what is used of it. */
const zodAsUsed = {
  name: 'zod as used',
  setup({ onLoad }) {
    onLoad({ filter: /packages\/(core|layers|plugins)\/dist\/.*\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod'", "import * as z from 'zod'"),
    }));
  },
};

/**
 * @param {string} entry the program.
 * @param {import('esbuild').BuildOptions} [options]
 * @returns {Promise<string>} one script, without imports.
 */
export async function bundle(entry, options = {}) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'warning',
    // The DNS codec reads and writes Buffers; npm's `buffer` has them for pages. Without DNS it is left out again.
    alias: { buffer: resolve('buffer/') },
    plugins: [zodAsUsed],
    ...options,
  });
  return outputFiles[0].text;
}
