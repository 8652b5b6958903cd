import { writeFileSync } from 'node:fs';
import { manifestJsonSchema } from '@netwright/core';
import { shippedPlugins } from '../catalogue.js';
import type { AddCommand } from '../command-line.js';
import { printJson } from '../terminal.js';

/** `netwright schema`: the JSON Schema of manifests, for editors. */
export const schemaCommand: AddCommand = (program, terminal) => {
  program
    .command('schema')
    .description('write the JSON Schema of manifests, with the options of every shipped plugin')
    .option('-o, --output <file>', 'write it into a file')
    .option('--json', 'as it always does')
    .action((options: { output?: string }) => {
      const schema = manifestJsonSchema(shippedPlugins);
      if (options.output === undefined) printJson(terminal, schema);
      else writeFileSync(options.output, `${JSON.stringify(schema, null, 2)}\n`);
    });
};
