import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyPlugin, buildStack, loadManifest, type Stack } from '@netwright/core';
import * as layers from '@netwright/layers';
import * as plugins from '@netwright/plugins';
import { ProgramClock } from '../clock.js';
import { fail } from '../errors.js';
import type { Rounds } from '../rounds.js';

/** Every plugin that the layers and plugins packages export: what a manifest may name without listing it. */
function shipped(): AnyPlugin[] {
  return [...Object.values(layers), ...Object.values(plugins)].filter(isPlugin);
}

/** Plugins are data with a name, a version, and something that they provide. */
function isPlugin(each: unknown): each is AnyPlugin {
  if (typeof each !== 'object' || each === null || !('name' in each) || !('version' in each)) return false;
  return 'layers' in each || 'implementations' in each || 'overrides' in each || 'bind' in each;
}

/** The stack of a manifest, and what the manifest says of a program that runs over it. */
export interface ProgramStack {
  readonly stack: Stack;
  /** Whether what the stack does not reach is reached over the host's own network. */
  readonly elsewhere: boolean;
}

/**
 * Builds and starts the stack that a manifest describes, in real time.
 * @throws NODE_MANIFEST where the file cannot be read, and what is wrong in it, each problem with its place.
 */
export async function manifestStack(file: string, rounds: Rounds): Promise<ProgramStack> {
  const manifest = loadManifest(read(file), file);
  const stack = await buildStack(manifest, {
    file,
    plugins: shipped(),
    clock: new ProgramClock(rounds),
    loadPlugin: (specifier) => load(specifier, file),
    print: (line) => process.stderr.write(`${line}\n`),
  });
  const elsewhere = manifest.kind === 'stack' && manifest.value.elsewhere === 'host';
  return { stack: await stack.start(), elsewhere };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const expected =
      'Let NETWRIGHT_MANIFEST be the path of a manifest, from the folder that the program is started in.';
    throw fail('NODE_MANIFEST', { file, problem: (error as Error).message, expected }, undefined, error);
  }
}

/** A plugin by its path, from the folder of the manifest, or by the name of a package that is installed there. */
function load(specifier: string, file: string): Promise<unknown> {
  const folder = dirname(resolve(file));
  if (specifier.startsWith('.') || isAbsolute(specifier)) return import(pathToFileURL(resolve(folder, specifier)).href);
  return import(pathToFileURL(createRequire(resolve(folder, 'manifest.js')).resolve(specifier)).href);
}
