import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// Runs the scripts of test/drill over a broken stack, `node run.js <index of the mutant>`, and prints the first one
// that fails: by it the mutant is caught. A mutant that cannot be made ends with an error.
register('./loader.js', import.meta.url, { data: Number(process.argv[2]) });
const { runScript, scriptFiles } = await import('@netwright/drill');
const folder = fileURLToPath(new URL('../../drill', import.meta.url));
let caught = '';
for (const file of inTurns(scriptFiles([folder]))) {
  const { result, line } = await runScript(file, readFileSync(file, 'utf8'));
  if (result !== 'failed') continue;
  caught = `${relative(folder, file)}:${line}`;
  break;
}
console.log(caught);

/** One of each folder, then the next of each: what a mutant is about comes up soon. */
function inTurns(files: readonly string[]): string[] {
  const turns = new Map<string, number>();
  const turn = new Map(
    files.map((file) => {
      const topic = dirname(file);
      const next = turns.get(topic) ?? 0;
      turns.set(topic, next + 1);
      return [file, next];
    }),
  );
  return [...files].sort((a, b) => (turn.get(a) as number) - (turn.get(b) as number));
}
