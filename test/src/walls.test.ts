import test from 'ava';
import * as rules from './walls/rules.js';
import { declarationsOf, type Source, source, sourcesUnder } from './walls/sources.js';

const core = sourcesUnder('packages/core/src');
const layers = sourcesUnder('packages/layers/src');
const plugins = sourcesUnder('packages/plugins/src');
const cli = sourcesUnder('packages/cli/src');
/** Packages that stand beside the command. */
const beside = sourcesUnder('packages/node/src', 'packages/drill/src');
const packages = [...core, ...layers, ...plugins, ...cli, ...beside];
const outside = sourcesUnder('examples', 'test/src', 'bench/src');

/** What core/packet and core/address export: the names that a header may use. */
const pureNames = new Set(
  core
    .filter(({ path }) => /\/(packet|address)\//.test(path))
    .flatMap(({ text }) => [
      ...text.matchAll(/^export (?:const |abstract )?(?:class|enum|interface|type|function|const) (\w+)/gm),
    ])
    .map((match) => match[1]),
);

/** A rule, where it holds, and sources that break it, so that each test is seen to be able to fail. */
interface Wall {
  readonly name: string;
  readonly rule: rules.Rule;
  readonly sources: readonly Source[];
  readonly broken: readonly Source[];
}

const walls: Wall[] = [
  {
    name: 'packet, address, time and random import nothing of ours',
    rule: rules.innerCoreStandsAlone,
    sources: core,
    broken: [
      source('packages/core/src/time/sundial.ts', "import { injectable } from 'inversify';"),
      source('packages/core/src/packet/bag.ts', "import { Host } from '../host.js';"),
    ],
  },
  {
    name: 'the core knows no layer and no plugin',
    rule: rules.coreKnowsNoProtocol,
    sources: core,
    broken: [
      source('packages/core/src/stack/build.ts', "import { Tcp } from '@netwright/layers';"),
      source('packages/core/src/stack/graph.ts', "import type { Tcp } from '../../../layers/src/tcp/layer.js';"),
    ],
  },
  {
    name: 'headers and pure state know packets, addresses and their own folder',
    rule: rules.headersArePure(pureNames),
    sources: layers,
    broken: [
      source('packages/layers/src/arp/header.ts', "import { type Packet, TIMERS } from '@netwright/core';"),
      source('packages/layers/src/udp/header.ts', "import { inject } from 'inversify';"),
      source('packages/layers/src/icmp/header.ts', "import { Ipv4 } from '../ipv4/header.js';"),
      source('packages/layers/src/tcp/state.ts', "import { injectable } from 'inversify';"),
    ],
  },
  {
    name: 'of the container, policies and state know what declares them injectable, and no more',
    rule: rules.policiesOnlyDeclare,
    sources: layers,
    broken: [source('packages/layers/src/tcp/isn.ts', "import { Container, inject } from 'inversify';")],
  },
  {
    name: "a layer knows another layer's tokens and headers, never its class",
    rule: rules.layersKnowTokensOfOthers,
    sources: layers,
    broken: [source('packages/layers/src/udp/layer.ts', "import { Ipv4 } from '../ipv4/layer.js';")],
  },
  {
    name: "plugins come through the layers' public door",
    rule: rules.pluginsUseTheDoor,
    sources: plugins,
    broken: [
      source('packages/plugins/src/watch/trace.ts', "import { fields } from '@netwright/layers/dist/tcp/header.js';"),
    ],
  },
  {
    name: 'the command, examples, tests and benchmarks come through the public doors',
    rule: rules.outsidersUseTheDoors,
    sources: [...cli, ...beside, ...outside],
    broken: [
      source('test/src/a.test.ts', "import { Host } from '../../packages/core/src/host.js';"),
      source('bench/src/a.ts', "import { Host } from '@netwright/core/dist/host.js';"),
    ],
  },
  {
    name: 'cap is imported in one file',
    rule: rules.importedOnce('cap'),
    sources: packages,
    broken: [source('a.ts', "await import('cap');"), source('b.ts', "import { Cap } from 'cap';")],
  },
  {
    name: 'iptables is imported in one file',
    rule: rules.importedOnce('iptables'),
    sources: packages,
    broken: [source('a.ts', "import iptables from 'iptables';"), source('b.ts', "import iptables from 'iptables';")],
  },
  {
    name: 'no file of the packages is above 400 lines',
    rule: rules.filesAreShort(400),
    sources: packages,
    broken: [source('a.ts', 'line\n'.repeat(401))],
  },
  {
    name: 'no exported signature says any',
    rule: rules.noAny,
    sources: declarationsOf(packages),
    broken: [source('a.d.ts', 'export declare function open(options: any): void;')],
  },
  {
    name: 'nothing is exported by default',
    rule: rules.noDefaultExports,
    sources: [...packages, ...outside],
    broken: [source('a.ts', 'export default class Tcp {}')],
  },
  {
    name: 'core and layers touch time, chance and crypto in their one implementation alone',
    rule: rules.worldInOnePlace,
    sources: [...core, ...layers],
    broken: [
      source('packages/core/src/host.ts', 'const at = Date.now();'),
      source('packages/layers/src/tcp/isn.ts', 'return Math.random();'),
      source('packages/layers/src/arp/cache.ts', 'setTimeout(() => {}, 1000);'),
      source('packages/layers/src/ipv4/id.ts', 'crypto.getRandomValues(words); performance.now();'),
    ],
  },
  {
    name: 'plugins and the command read no clock and draw no chance of their own',
    rule: rules.noHiddenTimeOrChance,
    sources: [...plugins, ...cli],
    broken: [source('a.ts', 'const now = Date.now();'), source('b.ts', 'randomBytes(4);')],
  },
  {
    name: 'core and layers import nothing of node',
    rule: rules.noNode,
    sources: [...core, ...layers],
    broken: [source('a.ts', "import { readFileSync } from 'node:fs';")],
  },
  {
    name: 'core and layers use nothing that only node has',
    rule: rules.noNodeGlobals,
    sources: [...core, ...layers],
    broken: [
      source('a.ts', 'const all = Buffer.concat(pieces);'),
      source('b.ts', 'if (process.env.DEBUG) trace();'),
      source('c.ts', 'const { length } = Buffer;'),
    ],
  },
  {
    name: 'what the door for pages leads to runs in a page',
    rule: rules.doorForPages('packages/plugins/src/browser.ts'),
    sources: plugins,
    broken: [
      source('packages/plugins/src/browser.ts', "import { readFileSync } from 'node:fs';\nexport { a } from './a.js';"),
    ],
  },
  {
    name: 'no file is called after what it is not: utils, helpers, common, manager, types',
    rule: rules.namesSayTheDomain,
    sources: [...packages, ...outside],
    broken: [source('a/utils/b.ts', ''), source('a/packet-helpers.ts', ''), source('types.ts', '')],
  },
];

for (const { name, rule, sources, broken } of walls) {
  test(name, (t) => {
    const violations = rule(sources);
    t.true(violations.length === 0, `\n${violations.join('\n')}`);
  });

  test(`a source that breaks it is found: ${name}`, (t) => {
    const violations = rule(broken);
    for (const { path } of broken) {
      t.true(
        violations.some((each) => each.startsWith(path)),
        `${path} was not found among ${violations}`,
      );
    }
  });
}

test('there is something behind every wall', (t) => {
  for (const each of [core, layers, plugins, cli, outside]) t.true(each.length > 5);
  const sources = [...core, ...layers, ...plugins, ...cli].filter(({ path }) => !path.endsWith('.d.ts'));
  t.is(declarationsOf(sources).length, sources.length, 'every source has been compiled');
  t.true(pureNames.has('Packet') && pureNames.has('IpAddress'));
});

test('every file that is called pure state exists', (t) => {
  for (const each of rules.PURE_STATE)
    t.true(
      layers.some(({ path }) => path === `packages/layers/src/${each}`),
      each,
    );
});

test('what stands in comments and strings breaks no wall', (t) => {
  const innocent = source(
    'packages/layers/src/tcp/isn.ts',
    "// import { x } from 'node:fs'; Date.now()\n/* Math.random() */ const text = 'import a from \"node:fs\"; setTimeout';",
  );
  t.deepEqual(innocent.imports, []);
  t.deepEqual(rules.worldInOnePlace([innocent]), []);
});

test('imports are read over several lines, with types, names and re-exports', (t) => {
  const { imports } = source(
    'a.ts',
    "import type { A } from './a.js';\nimport {\n  b,\n  type C as D,\n} from 'b';\nexport * from './c.js';\nimport 'd';\n",
  );
  t.deepEqual(imports, [
    { from: './a.js', names: ['A'], line: 1 },
    { from: 'b', names: ['b', 'C'], line: 2 },
    { from: './c.js', names: [], line: 6 },
    { from: 'd', names: [], line: 7 },
  ]);
});
