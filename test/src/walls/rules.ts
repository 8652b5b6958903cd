import { posix } from 'node:path';
import type { ImportLine, Source } from './sources.js';

/** A rule looks at sources and names every violation: 'file:line what is wrong'. */
export type Rule = (sources: readonly Source[]) => string[];

const INNER_CORE = /^packages\/core\/src\/(packet|address|time)\/|^packages\/core\/src\/random\.ts$/;
const OUTSIDER = /^(packages\/(cli|node|drill)|examples\/plugin-template|examples|test|bench)\//;
const BUILDER = /^packages\/core\/src\/(stack|manifest)\//;
const LAYER_FOLDER = /^packages\/layers\/src\/([^/]+)\//;
/** Contracts that several layers meet in: no layer's own folder. */
const SHARED_FOLDERS = ['ip', 'link'];

/** State that is pure: it gets the time as an argument and knows neither a container nor a host. */
export const PURE_STATE = [
  ...[
    'sequence',
    'state',
    'challenge',
    'timewait',
    'ecn/policy',
    'ecn/codepoint',
    'open/siphash',
    'segment/options',
    'segment/segment',
  ],
  ...['congestion/congestion', 'congestion/reno', 'recovery/newreno', 'recovery/recovery', 'recovery/rtt'],
  ...['receive/ack', 'receive/reassembly', 'receive/window', 'send/byte-queue', 'send/flight', 'send/segmentation'],
]
  .map((each) => `tcp/${each}.ts`)
  .concat(
    'ipv4/policies.ts',
    'ipv4/pmtu.ts',
    'ipv4/header-options.ts',
    'ipv4/record.ts',
    'ipv4/source-route.ts',
    'ip/rate.ts',
    'dns/name.ts',
  );

/** The one file that may touch each part of the real world. */
const WORLD: { what: RegExp; name: string; only: string[] }[] = [
  { name: 'Date', what: /\bDate\b/, only: [] },
  { name: 'Math.random', what: /\bMath\.random\b/, only: [] },
  { name: 'performance', what: /\bperformance\b/, only: ['packages/core/src/time/system-clock.ts'] },
  {
    name: 'a host timer',
    what: /\b(setTimeout|setInterval|setImmediate)\b/,
    only: ['packages/core/src/time/system-clock.ts'],
  },
  { name: 'crypto', what: /\bcrypto\b/, only: ['packages/core/src/random.ts'] },
];

function eachImport(
  sources: readonly Source[],
  applies: (source: Source) => boolean,
  judge: (each: ImportLine, source: Source, target: string | null) => string | null,
): string[] {
  return sources.filter(applies).flatMap((source) =>
    source.imports.flatMap((each) => {
      const problem = judge(each, source, targetOf(source, each));
      return problem === null ? [] : [`${source.path}:${each.line} imports '${each.from}': ${problem}`];
    }),
  );
}

/** The source that a relative import means, from the root; null for a package. */
function targetOf(source: Source, { from }: ImportLine): string | null {
  if (!from.startsWith('.')) return null;
  return posix.join(posix.dirname(source.path), from).replace(/\.js$/, '.ts');
}

const packageOf = (from: string) =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');

/** core/packet, address, time and random know each other, the names of tokens, and types that a packet carries. */
export const innerCoreStandsAlone: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => INNER_CORE.test(path),
    (each, source, target) => {
      if (target === null) return 'these files stand alone, without any package';
      if (INNER_CORE.test(target) || target === 'packages/core/src/token.ts') return null;
      const carried = ['packages/core/src/reason.ts', 'packages/core/src/interface.ts'];
      const typeOnly = source.text.split('\n')[each.line - 1].startsWith('import type ');
      if (carried.includes(target) && typeOnly) return null;
      return 'only packet, address, time, random and token.ts, and the types of reason.ts and interface.ts';
    },
  );

/** The rest of the core knows the core and its few packages; never a layer, a plugin or node. */
export const coreKnowsNoProtocol: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => path.startsWith('packages/core/src/') && !INNER_CORE.test(path),
    (each, source, target) => {
      if (target !== null) return target.startsWith('packages/core/src/') ? null : 'outside the core';
      const allowed = ['inversify', '@inversifyjs/core', 'zod', 'reflect-metadata'];
      if (BUILDER.test(source.path)) allowed.push('yaml');
      else allowed.push('eventemitter3');
      return allowed.includes(packageOf(each.from)) ? null : `the core may import ${allowed.join(', ')}`;
    },
  );

/** A header is bytes and fields: packets and addresses of the core, and its own folder. */
export const headersArePure =
  (pureNames: ReadonlySet<string>): Rule =>
  (sources) =>
    eachImport(
      sources,
      ({ path }) =>
        LAYER_FOLDER.test(path) &&
        (path.endsWith('/header.ts') || PURE_STATE.some((each) => path === `packages/layers/src/${each}`)),
      (each, source, target) => {
        if (target !== null) {
          if (target.match(LAYER_FOLDER)?.[1] === source.path.match(LAYER_FOLDER)?.[1]) return null;
          const shared = SHARED_FOLDERS.includes(target.match(LAYER_FOLDER)?.[1] ?? '');
          if (shared && !source.path.endsWith('/header.ts')) return null;
          return 'a header knows its own folder only, pure state also what lies in ip/ and link/';
        }
        if (each.from !== '@netwright/core') return 'a header or pure state imports no package but the core';
        const others = each.names.filter((name) => !pureNames.has(name));
        return others.length === 0 ? null : `${others.join(', ')} is not of core/packet or core/address`;
      },
    );

/** A policy may say that it is injectable; only layers, plugins, tokens and defaults meet a container. */
export const policiesOnlyDeclare: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => LAYER_FOLDER.test(path) && !/\/(layer|plugin|tokens|defaults)\.ts$/.test(path),
    (each) => {
      if (each.from !== 'inversify') return null;
      const others = each.names.filter((name) => !['inject', 'injectable', 'injectFromBase'].includes(name));
      return others.length === 0 && each.names.length > 0 ? null : 'here only inject, injectable and injectFromBase';
    },
  );

/** A layer knows the core, its own folder, and the tokens and headers of other layers; never another layer's class. */
export const layersKnowTokensOfOthers: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => LAYER_FOLDER.test(path),
    (each, source, target) => {
      if (target === null) {
        const allowed = ['@netwright/core', 'inversify', 'reflect-metadata', 'zod'];
        if (source.path.startsWith('packages/layers/src/dns/')) allowed.push('dns-packet');
        if (source.path.startsWith('packages/layers/src/tcp/authentication/') && each.from.startsWith('@noble/'))
          return null;
        if (!allowed.includes(each.from)) return `a layer may import ${allowed.join(', ')}`;
        return null;
      }
      const own = source.path.match(LAYER_FOLDER)?.[1];
      const other = target.match(LAYER_FOLDER)?.[1];
      if (other === own || (other !== undefined && SHARED_FOLDERS.includes(other))) return null;
      if (/\/(tokens|header)\.ts$/.test(target) || target === 'packages/layers/src/errors.ts') return null;
      return `of another layer only tokens.ts and header.ts, and what lies in ${SHARED_FOLDERS.join('/ and ')}/`;
    },
  );

/** Plugins come through the layers' public door. */
export const pluginsUseTheDoor: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => path.startsWith('packages/plugins/src/'),
    (each, _source, target) => {
      if (target !== null) return target.startsWith('packages/plugins/src/') ? null : 'outside the package';
      if (!packageOf(each.from).startsWith('@netwright/')) return null;
      return ['@netwright/core', '@netwright/layers'].includes(each.from) ? null : 'only the public doors';
    },
  );

/** The command, examples, tests and benchmarks come through the public doors too. */
export const outsidersUseTheDoors: Rule = (sources) =>
  eachImport(
    sources,
    ({ path }) => OUTSIDER.test(path),
    (each, source, target) => {
      if (target !== null) {
        const home = source.path.match(OUTSIDER)?.[0] ?? '';
        return target.startsWith(home) ? null : 'outside its own folder: use the package by its name';
      }
      if (!/^(netwright|@netwright\/)/.test(each.from)) return null;
      const doors = [
        'netwright',
        '@netwright/core',
        '@netwright/core/testing',
        '@netwright/layers',
        '@netwright/plugins',
        '@netwright/plugins/browser',
        '@netwright/node/testing',
      ];
      return doors.includes(each.from) || /^@netwright\/(node|drill)$/.test(each.from) ? null : 'not a public door';
    },
  );

/** `name` is imported in one file at most. */
export const importedOnce =
  (name: string): Rule =>
  (sources) => {
    const files = sources.filter((each) => each.imports.some(({ from }) => packageOf(from) === name));
    return files.length <= 1
      ? []
      : files.map((each) => `${each.path} imports '${name}': one file may, not ${files.length}`);
  };

/** No file of more than `limit` lines. */
export const filesAreShort =
  (limit: number): Rule =>
  (sources) =>
    sources.flatMap(({ path, text }) => {
      const lines = text.trimEnd().split('\n').length;
      return lines > limit ? [`${path} has ${lines} lines, more than ${limit}`] : [];
    });

function eachLine(sources: readonly Source[], judge: (line: string, source: Source) => string | null): string[] {
  return sources.flatMap((source) =>
    source.code.split('\n').flatMap((line, index) => {
      const problem = judge(line, source);
      return problem === null ? [] : [`${source.path}:${index + 1} ${problem}`];
    }),
  );
}

/** `any` in what is declared to the outside; give it compiled declarations. */
export const noAny: Rule = (sources) =>
  eachLine(sources, (line) => (/\bany\b(?!\??:)/.test(line) ? `exports an any: ${line.trim()}` : null));

/** Declarations of foreign modules say what those export. */
export const noDefaultExports: Rule = (sources) =>
  eachLine(sources, (line, { path }) =>
    /^\s*export\s+default\b|\bas default\b/.test(line) && !path.endsWith('.d.ts') ? 'has a default export' : null,
  );

/** Time, chance and the world have one implementation each; everything else gets them as tokens. */
export const worldInOnePlace: Rule = (sources) =>
  eachLine(sources, (line, { path }) => {
    // A property of that name is somebody's own: `options.crypto`.
    const used = WORLD.filter(({ what, only }) => !only.includes(path) && what.test(line.replace(/\.(\w+)\s*:/g, ':')));
    return used.length === 0 ? null : `uses ${used.map(({ name }) => name).join(', ')}: ask a token`;
  });

/** As above, for packages that live on Node: what a clock reads or chance draws is still a token's. */
export const noHiddenTimeOrChance: Rule = (sources) =>
  eachLine(sources, (line) => {
    const used = line.match(
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b|\brandom(?:Bytes|UUID|Int|FillSync)\b|\bgetRandomValues\b|\bset(?:Timeout|Interval)\b/,
    );
    return used === null ? null : `uses ${used[0]}: ask a token`;
  });

export const noNode: Rule = (sources) =>
  eachImport(
    sources,
    () => true,
    ({ from }) => (from.startsWith('node:') ? 'this package also runs in a browser' : null),
  );

/** What a page does not have. */
export const noNodeGlobals: Rule = (sources) =>
  eachLine(sources, (line) => {
    const used = line.match(/(?<![.\w])(?:Buffer|process|require|global|__dirname|__filename)\b(?!\s*[:(]|\w)/);
    return used === null ? null : `uses ${used[0]}: this package also runs in a browser`;
  });

/** What the door for pages leads to imports nothing of node. */
export const doorForPages =
  (door: string): Rule =>
  (sources) => {
    const reached = new Set<Source>();
    const follow = (path: string) => {
      const found = sources.find((each) => each.path === path);
      if (found === undefined || reached.has(found)) return;
      reached.add(found);
      for (const each of found.imports) {
        const typeOnly = found.text.split('\n')[each.line - 1].startsWith('import type ');
        const target = targetOf(found, each);
        if (target !== null && !typeOnly) follow(target);
      }
    };
    follow(door);
    return [...noNode([...reached]), ...noNodeGlobals([...reached])];
  };

/** Names say the domain. */
export const namesSayTheDomain: Rule = (sources) => {
  const empty = /(^|[-.])(utils?|helpers?|common|managers?|types?|misc|shared)([-.]|$)/;
  return sources.flatMap(({ path }) => {
    const bad = path.split('/').find((part) => empty.test(part.replace(/\.ts$/, '')));
    return bad === undefined ? [] : [`${path}: "${bad}" says nothing about what is in it`];
  });
};
