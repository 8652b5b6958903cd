// Writes packages/node/dist/late.bundle.cjs: the default stack of the preload in one file (packages/node/src/preload).
// It is part of the build. Nothing happens where it is newer than what it is made of.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../packages/node/dist/${path}`, import.meta.url));
const file = at('late.bundle.cjs');
const inputs = `${file}.inputs.json`;

if (!(await fresh())) {
  await bundle();
  await keepCode();
}

async function fresh() {
  try {
    const { mtimeMs } = statSync(file);
    const others = [import.meta.url, new URL('bundle-code.cjs', import.meta.url)].map((each) => fileURLToPath(each));
    const names = [...JSON.parse(await readFile(inputs, 'utf8')), at('preload/begin.js'), ...others];
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

/** Code for the Node that builds; on another one the preload compiles the file. */
async function keepCode() {
  for (const each of await readdir(at(''))) if (each.endsWith('.code')) await rm(at(each));
  const kept = at(`late.bundle.${process.versions.v8}.code`);
  const [tool, preload] = ['bundle-code.cjs', '../packages/node/register.cjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  try {
    execFileSync(process.execPath, [tool, preload, kept], { stdio: ['ignore', 'inherit', 'pipe'] });
  } catch (error) {
    console.warn(`bundle: no code is kept on Node ${process.version}: ${error.message}`);
  }
}
