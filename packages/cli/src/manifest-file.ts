import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type BuildOptions,
  duration,
  loadManifest,
  type Manifest,
  type ManifestInput,
  type Setting,
} from '@netwright/core';
import { shippedPlugins } from './catalogue.js';
import { fail, systemMessage } from './errors.js';
import { loadPlugin } from './load-plugin.js';

/**
 * Reads a manifest: YAML, JSON, or a module (.js, .mjs; .ts where Node strips types) that exports `manifest`.
 * @throws FILE_UNREADABLE, MANIFEST_MODULE, ManifestError
 */
export async function readManifest(file: string, settings: readonly Setting[] = []): Promise<Manifest> {
  return loadManifest(await readSource(file), file, settings);
}

/** A manifest before it is loaded. @throws FILE_UNREADABLE, MANIFEST_MODULE */
export async function readSource(file: string): Promise<ManifestInput> {
  if (/\.[mc]?[jt]s$/.test(file)) return importManifest(file);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw fail('FILE_UNREADABLE', { file, cause: systemMessage(error) });
  }
}

/** What `--set path=value` says, one by one as commander meets them. @throws OPTION_MALFORMED */
export function addSetting(text: string, before: readonly Setting[] = []): Setting[] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw fail('OPTION_MALFORMED', { option: '--set', value: text, expected: 'path=value, such as links.0.loss=0' });
  }
  return [...before, [text.slice(0, at), text.slice(at + 1)]];
}

/** A time as an option says it. @throws OPTION_MALFORMED */
export function readTime(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parsed = duration().safeParse(/^\d+$/.test(text) ? Number(text) : text);
  if (parsed.success) return parsed.data;
  throw fail('OPTION_MALFORMED', { option, value: text, expected: 'a time such as 500ms, 60s or 5min' });
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
