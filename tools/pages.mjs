// Generated pages: written, or with `--check` compared, so that a test sees what has drifted.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {Record<string, string>} pages contents by path from the root of the workspace. */
export function writePages(pages) {
  const check = process.argv.includes('--check');
  for (const [path, text] of Object.entries(pages)) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    const found = read(file);
    if (found === text) continue;
    if (!check) {
      writeFileSync(file, text);
      console.log(`wrote ${path}`);
      continue;
    }
    console.error(`${path} is not what the code says. Run: pnpm docs`);
    process.exitCode = 1;
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
