import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, loadManifest, type Manifest } from '@netwright/core';
import { shippedPlugins } from './catalogue.js';
import { fail, systemMessage } from './errors.js';
import { loadPlugin } from './load-plugin.js';

/**
 * Reads a manifest: YAML, JSON, or a module (.js, .mjs; .ts where Node strips types) that exports `manifest`.
 * @throws FILE_UNREADABLE, MANIFEST_MODULE, ManifestError
 */
export async function readManifest(file: string): Promise<Manifest> {
  if (/\.[mc]?[jt]s$/.test(file)) return loadManifest(await importManifest(file), file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: systemMessage(error) });
  }
  return loadManifest(text, file);
}

async function importManifest(file: string): Promise<object> {
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: (error as Error).message }, undefined, error);
  }
  const found = module.manifest ?? module.default;
  if (typeof found !== 'object' || found === null) throw fail('MANIFEST_MODULE', { file });
  return found;
}

/** What the command gives the builder with every manifest. */
export function buildOptions(print: (line: string) => void): BuildOptions {
  return { plugins: shippedPlugins, loadPlugin, print };
}
