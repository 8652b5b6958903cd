import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from './errors.js';

/**
 * Loads what a manifest's `plugins:` names: a path, taken from the folder of the manifest, or a package that is
 * installed where the manifest lies, above it, or where the command was started.
 * @returns the module: the builder takes the plugins that it exports.
 * @throws PLUGIN_NOT_FOUND, and what the module throws while it loads.
 */
export async function loadPlugin(specifier: string, from: string): Promise<unknown> {
  const folder = dirname(resolve(from));
  if (specifier.startsWith('.') || isAbsolute(specifier)) {
    const file = resolve(folder, specifier);
    if (!existsSync(file)) throw fail('PLUGIN_NOT_FOUND', { specifier, from: folder });
    return import(pathToFileURL(file).href);
  }
  for (const base of [folder, process.cwd()]) {
    const entry = resolvePackage(specifier, base);
    if (entry !== null) return import(entry);
  }
  throw fail('PLUGIN_NOT_FOUND', { specifier, from: folder });
}

/** Where a package's entry is, as seen from `folder`; null where it is not installed. */
function resolvePackage(name: string, folder: string): string | null {
  const require = createRequire(resolve(folder, 'manifest.js'));
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch (error) {
    // A package that exports `import` alone cannot be resolved by require: its folder is found, its entry is read.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return null;
    return moduleEntry(name, require.resolve.paths(name) ?? []);
  }
}

function moduleEntry(name: string, paths: readonly string[]): string | null {
  for (const path of paths) {
    const manifest = resolve(path, name, 'package.json');
    if (!existsSync(manifest)) continue;
    const { exports } = createRequire(manifest)(manifest) as { exports?: unknown };
    const entry = importTarget(exports);
    if (entry !== null) return pathToFileURL(resolve(dirname(manifest), entry)).href;
  }
  return null;
}

/** The file behind `exports` for an import of the package itself. */
function importTarget(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return null;
  const conditions = exports as Record<string, unknown>;
  for (const key of ['.', 'node', 'import', 'default']) {
    const found = importTarget(conditions[key]);
    if (found !== null) return found;
  }
  return null;
}
