import { buildLab, type Fields, type Lab, parseExpression, type Setting } from '@netwright/core';
import { TraceFormatter } from '@netwright/plugins';
import type { AddCommand } from '../command-line.js';
import { fail } from '../errors.js';
import { addSetting, buildOptions, readManifest, readTime } from '../manifest-file.js';
import { printJson, table } from '../terminal.js';

interface ReplayOptions {
  readonly seed?: string;
  readonly until?: string;
  readonly set?: Setting[];
  readonly break: string;
  readonly frames: string;
  readonly json?: boolean;
}

/** `netwright replay <manifest> --break <expression>`: runs a lab up to the moment at which something becomes true. */
export const replayCommand: AddCommand = (program, terminal) => {
  program
    .command('replay')
    .description('run a lab up to the moment at which an expression over its state becomes true')
    .argument('<manifest>', 'a lab with `sim`: a YAML, JSON or JavaScript file')
    .requiredOption('--break <expression>', `'srv.tcp.10.0.0.2:49152.state == "CLOSE_WAIT"'`)
    .option('--seed <seed>', "another seed than the manifest's")
    .option('--until <time>', 'give up at this time: 500ms, 60s, 5min')
    .option('--set <path=value>', 'replace a value of the manifest: links.0.loss=0; may be given again', addSetting)
    .option('--frames <n>', 'how many of the last frames are shown', '10')
    .option('--json', 'write the moment as JSON')
    .action(async (file: string, options: ReplayOptions) => {
      const expression = parseExpression(options.break);
      const manifest = await readManifest(file, options.set);
      if (manifest.kind !== 'lab' || manifest.value.sim === undefined)
        throw fail('MANIFEST_NO_SIM', { use: 'A replay' });
      manifest.value.watch = [];
      const { seed } = options;
      const lab = await buildLab(manifest, { ...buildOptions(() => {}), ...(seed === undefined ? {} : { seed }) });
      const frames = lastFrames(lab, Number(options.frames));
      const seen = new Set<string>();
      let state: Fields = {};
      const breakWhen = () => {
        state = stateOf(lab);
        for (const name in state) seen.add(name);
        return expression(state);
      };
      const until = readTime('--until', options.until);
      try {
        const { ended, time } = await lab.run({ ...(until === undefined ? {} : { until }), breakWhen, pastDone: true });
        if (ended !== 'break') {
          const fields = nearFields(options.break, [...seen]).join(', ');
          throw fail('BREAK_NEVER', { time, expression: options.break, fields });
        }
        const shown = namedIn(options.break, state);
        if (options.json) {
          printJson(terminal, { time, state: shown, frames });
          return;
        }
        for (const line of frames) terminal.out(line);
        terminal.out(`at ${(time / 1000).toFixed(6)} s: ${options.break}`);
        for (const line of table(Object.entries(shown).map(([name, value]) => [`  ${name}`, String(value)]))) {
          terminal.out(line);
        }
      } finally {
        await lab.stop();
      }
    });
};

/** Everything that may be asked: 'srv.tcp.10.0.0.2:49152.state', 'cli.get.bytes', 'time' in ms. */
function stateOf(lab: Lab): Fields {
  const all: Fields = { time: lab.clock.now() };
  const put = (prefix: string, fields: Fields) => {
    for (const [name, value] of Object.entries(fields)) all[`${prefix}.${name}`] = value;
  };
  for (const [node, stack] of lab.nodes)
    for (const layer of stack.layers) put(`${node}.${layer.name}`, layer.inspect());
  for (const [name, app] of lab.apps) put(name.replace('/', '.'), app.report?.() ?? {});
  return all;
}

/** The lines of the last frames that were sent; the array goes on changing while the lab runs. */
function lastFrames(lab: Lab, limit: number): string[] {
  const lines: string[] = [];
  const formatter = new TraceFormatter();
  for (const [node, stack] of lab.nodes) {
    stack.host.watch({
      frame(direction, packet, via, at) {
        if (direction !== 'out') return;
        const line = formatter.line(packet.bytes.subarray(packet.start, packet.end), at, `${node}:${via.name}`, 'out');
        if (line !== null) lines.push(line);
        if (lines.length > limit) lines.shift();
      },
    });
  }
  return lines;
}

/** What an expression names, without the last part: 'srv.tcp.10.0.0.2:49152'. */
function prefixesOf(expression: string): string[] {
  const words = expression.replace(/"[^"]*"|'[^']*'/g, ' ').match(/[\w.:/-]+/g) ?? [];
  return words.filter((word) => word.includes('.')).map((word) => word.slice(0, word.lastIndexOf('.')));
}

/** The whole of what the expression asks a part of: all fields of a connection. */
function namedIn(expression: string, state: Fields): Fields {
  const prefixes = prefixesOf(expression);
  const shown: Fields = {};
  for (const [name, value] of Object.entries(state)) {
    if (prefixes.includes(name.slice(0, name.lastIndexOf('.')))) shown[name] = value;
  }
  return shown;
}

/** Names offered where an expression was never true. */
const OFFERED = 12;

/** Those that begin as the expression's do, first of all; of many only some. */
function nearFields(expression: string, names: readonly string[]): string[] {
  const starts = prefixesOf(expression).map((each) => each.split('.').slice(0, 2).join('.'));
  const near = names.filter((name) => starts.some((start) => name.startsWith(start)));
  const offered = near.length > 0 ? near : [...names];
  // One name of each connection says how it is called.
  const telling = offered.filter((name) => name.endsWith('.state') || name.split('.').length === 3);
  return (telling.length > 0 ? telling : offered).slice(0, OFFERED);
}
