import { type AnyPlugin, declarationOf, tokenName } from '@netwright/core';
import { shippedPlugins } from '../catalogue.js';
import type { AddCommand } from '../command-line.js';
import { printJson, type Terminal } from '../terminal.js';

/** `netwright plugin ls`: what the shipped plugins put at a manifest's disposal. */
export const pluginCommand: AddCommand = (program, terminal) => {
  program
    .command('plugin')
    .description('what can be named in a manifest')
    .command('ls')
    .description('list the shipped plugins: their layers, and their implementations by token')
    .option('--json', 'write the list as JSON')
    .action((options: { json?: boolean }) => {
      const plugins = shippedPlugins.map(describe);
      if (options.json) printJson(terminal, { plugins });
      else for (const each of plugins) print(each, terminal);
    });
};

interface PluginDescription {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly layers: readonly string[];
  readonly implementations: readonly { name: string; token: string; summary: string }[];
}

function describe(plugin: AnyPlugin): PluginDescription {
  return {
    name: plugin.name,
    version: plugin.version,
    summary: plugin.summary ?? '',
    layers: (plugin.layers ?? []).map((each) => declarationOf(each).name),
    implementations: (plugin.implementations ?? []).map(({ name, token, summary }) => ({
      name,
      token: tokenName(token),
      summary,
    })),
  };
}

function print({ name, version, summary, layers, implementations }: PluginDescription, terminal: Terminal): void {
  terminal.out(`${name} ${version}${summary === '' ? '' : `: ${summary}`}`);
  if (layers.length > 0) terminal.out(`  layers: ${layers.join(', ')}`);
  for (const each of implementations) terminal.out(`  ${each.token}: ${each.name}: ${each.summary}`);
}
