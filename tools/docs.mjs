// Writes docs/errors.md and docs/tokens.md from what the packages declare. `--check` only compares.
import { writePages } from './pages.mjs';

// The registries are shared: what is new after a package was loaded is that package's.
const core = await import('../packages/core/dist/index.js');
const packages = [];
for (const name of ['core', 'layers', 'plugins', 'node', 'cli']) {
  const before = packages.map((each) => each);
  await import(`../packages/${name}/dist/index.js`);
  const known = (kind) => new Set(before.flatMap((each) => each[kind].map(keyOf)));
  packages.push({
    name: name === 'cli' ? 'netwright (the command)' : `@netwright/${name}`,
    errors: [...core.allErrors()].filter(([code]) => !known('errors').has(code)),
    tokens: core.allTokenPages().filter((page) => !known('tokens').has(page.name)),
    reasons: core.allReasons().filter((each) => !known('reasons').has(each.name)),
  });
}
const { shippedPlugins } = await import('../packages/cli/dist/index.js');

writePages({ 'docs/errors.md': errorsPage(), 'docs/tokens.md': tokensPage() });

function keyOf(each) {
  return Array.isArray(each) ? each[0] : each.name;
}

function errorsPage() {
  const lines = [
    '# Errors',
    '',
    'Every error that misuse can cause, by its `code`: what it says, and what to do. Bad input from the network is not',
    'among them: it is a counter. Written by `tools/docs.mjs`; change the catalogues instead.',
    '',
    'Problems of a manifest come with their place: `CODE file:line:column what remedy`, several of them together.',
  ];
  for (const { name, errors } of packages) {
    if (errors.length === 0) continue;
    lines.push('', `## ${name}`);
    for (const [code, { what, remedy }] of errors.sort(([a], [b]) => (a < b ? -1 : 1))) {
      lines.push('', `### ${code}`, '', named(what), '', `*${named(remedy).trim()}*`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** '{layer}' as ‹layer›; suggestions that are often empty are left out. */
function named(text) {
  return text.replaceAll('{nearest}', '').replace(/\{(\w+)\}/g, '‹$1›');
}

function tokensPage() {
  const lines = [
    '# Tokens',
    '',
    'Every behaviour that can be replaced. A token of scope *stack* is overridden for the whole stack; one of scope',
    '*socket* also for one listener or connection (docs/overriding.md). Written by `tools/docs.mjs`; change the',
    'declarations instead.',
  ];
  for (const { name, tokens } of packages) {
    if (tokens.length === 0) continue;
    lines.push('', `## ${name}`);
    for (const page of tokens) lines.push(...tokenSection(page));
  }
  lines.push(
    '',
    '## Why frames are sent',
    '',
    'What traces and captures say of a frame, and the tokens that had a say in it.',
    '',
  );
  lines.push('| reason | tokens |', '|---|---|');
  for (const { name, tokens } of packages.flatMap((each) => each.reasons)) {
    lines.push(`| \`${name}\` | ${tokens.map((each) => `\`${core.tokenName(each)}\``).join(', ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function tokenSection({ name, scope, contract, fallback, changes }) {
  const lines = ['', `### ${name}`, '', `- scope: ${scope}`, `- contract: \`${contract}\``, `- default: ${fallback}`];
  lines.push(`- an override may change: ${changes}`);
  const choices = shippedPlugins.flatMap((plugin) =>
    (plugin.implementations ?? []).filter((each) => core.tokenName(each.token) === name),
  );
  for (const each of choices) lines.push(`- \`${each.name}\`: ${each.summary}${optionsOf(each.options)}`);
  return lines;
}

function optionsOf(schema) {
  const keys = core.optionNames(schema);
  return keys.length === 0 ? '' : ` (options: ${keys.map((each) => `\`${each}\``).join(', ')})`;
}
