// Writes packages/node/dist/late.bundle.cjs: the default stack of the preload in one file (packages/node/src/preload).
// It is part of the build. Nothing happens where it is newer than what it is made of.
import { statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../packages/node/dist/${path}`, import.meta.url));
const file = at('late.bundle.cjs');
const inputs = `${file}.inputs.json`;

if (!(await fresh())) await bundle();

async function fresh() {
  try {
    const { mtimeMs } = statSync(file);
    const names = [...JSON.parse(await readFile(inputs, 'utf8')), fileURLToPath(import.meta.url)];
    return names.every((name) => statSync(name).mtimeMs < mtimeMs);
  } catch {
    return false;
  }
}

async function bundle() {
  const { metafile } = await build({
    entryPoints: [at('preload/late.js')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
    alias: { zod: at('preload/defaults.js') },
  });
  // A program may have added to Object.prototype by the time that the file is evaluated.
  const text = await readFile(file, 'utf8');
  const [loop, own] = ['for (var name in all)', 'for (var name of Object.keys(all))'];
  if (!text.includes(loop)) throw new Error(`${file}: esbuild's __export has another form`);
  await writeFile(file, text.replace(loop, own));
  await writeFile(
    inputs,
    JSON.stringify(
      Object.keys(metafile.inputs).map((each) => fileURLToPath(new URL(each, `file://${process.cwd()}/`))),
    ),
  );
}
