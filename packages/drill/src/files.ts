import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The scripts that paths mean: files as they are, folders with every `.pkt` below them, in the order of their names. */
export function scriptFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => (statSync(path).isDirectory() ? below(path) : [path]));
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return below(path);
      return entry.name.endsWith('.pkt') ? [path] : [];
    });
}
