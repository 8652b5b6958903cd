import { buildLab, buildStack, describeLab, describeStack, formatMermaid, formatTree } from '@netwright/core';
import type { AddCommand } from '../command-line.js';
import { buildOptions, readManifest } from '../manifest-file.js';
import { printJson } from '../terminal.js';

/** `netwright graph <manifest>`: the stack as it would be built: layers, tokens, and who decided what. */
export const graphCommand: AddCommand = (program, terminal) => {
  program
    .command('graph')
    .description('show what a manifest builds: layers, tokens, and what was overridden by whom')
    .argument('<manifest>', 'a YAML, JSON or JavaScript file')
    .option('--mermaid', 'write a mermaid graph')
    .option('--json', 'write the description as JSON')
    .action(async (file: string, options: { json?: boolean; mermaid?: boolean }) => {
      const manifest = await readManifest(file);
      const build = buildOptions(terminal.err);
      const description =
        manifest.kind === 'lab'
          ? describeLab(await buildLab(manifest, build))
          : describeStack(await buildStack(manifest, build));
      if (options.json) printJson(terminal, description);
      else terminal.out(options.mermaid ? formatMermaid(description) : formatTree(description));
    });
};
