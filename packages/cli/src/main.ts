import { execute } from './command-line.js';
import { processTerminal } from './terminal.js';

process.exitCode = await execute(process.argv.slice(2), processTerminal());
