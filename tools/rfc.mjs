// Writes docs/rfc: a page for each RFC of docs/rfc/requirements, with the tests that show each of its requirements, and
// a summary. `--check` only compares.
//
// A test says what it shows by a comment: `// @rfc 9293 MUST-1 MUST-2`, above a `test(...)` or in a packetdrill script.
// A requirement that no test shows says why it is not met; one that does neither, or an annotation of something that
// is not in the catalogue, is an error. One that does not concern this stack says why (`unconcerned`).
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePages } from './pages.mjs';

const YAML = createRequire(new URL('../packages/core/package.json', import.meta.url))('yaml');
const root = fileURLToPath(new URL('..', import.meta.url));
const ANNOTATION = /^\s*\/\/ @rfc (\d+) (.+)$/;
const TITLE = /\btest(?:\.serial)?\(\s*(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)/;

const problems = [];
const catalogues = readdirSync(join(root, 'docs/rfc/requirements'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => YAML.parse(readFileSync(join(root, 'docs/rfc/requirements', file), 'utf8')))
  .sort((a, b) => a.rfc - b.rfc);
/** By 'rfc id': the tests, as { title, file, line }. */
const shown = new Map(
  catalogues.flatMap(({ rfc, requirements }) => requirements.map(({ id }) => [`${rfc} ${id}`, []])),
);

for (const folder of ['test/src', 'test/drill']) {
  for (const file of readdirSync(join(root, folder), { recursive: true }).sort()) {
    if (/\.(ts|pkt)$/.test(file)) collect(`${folder}/${file}`);
  }
}
const pages = { 'docs/rfc/README.md': summary() };
for (const each of catalogues) pages[`docs/rfc/rfc${each.rfc}.md`] = page(each);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else writePages(pages);

function collect(file) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  for (const [i, line] of lines.entries()) {
    const [, rfc, ids] = line.match(ANNOTATION) ?? [];
    if (rfc === undefined) continue;
    const title = file.endsWith('.pkt') ? file.slice('test/drill/'.length) : titleBelow(lines, i);
    if (title === null) problems.push(`${file}:${i + 1} no test stands below this annotation`);
    for (const id of ids.split(/[\s,]+/).filter(Boolean)) {
      const tests = shown.get(`${rfc} ${id}`);
      if (tests === undefined)
        problems.push(`${file}:${i + 1} RFC ${rfc} has no requirement ${id} in docs/rfc/requirements`);
      else tests.push({ title, file });
    }
  }
}

/** The title of the next test; what a template puts in stands as …. */
function titleBelow(lines, at) {
  const [, quoted, template] =
    lines
      .slice(at + 1, at + 12)
      .join('\n')
      .match(TITLE) ?? [];
  return quoted?.replaceAll("\\'", "'") ?? template?.replace(/\$\{[^}]*\}/g, '…') ?? null;
}

function page({ rfc, title, note, requirements }) {
  const lines = [
    `# RFC ${rfc}: ${title}`,
    '',
    'Written by `tools/rfc.mjs` from docs/rfc/requirements and the annotations in the tests. The wording of requirements is shortened.',
  ];
  if (note !== undefined) lines.push('', note.trim());
  lines.push('', '| | section | requirement | shown by |', '|---|---|---|---|');
  for (const { id, section, text, unmet, unconcerned } of requirements) {
    const tests = shown.get(`${rfc} ${id}`);
    if (unconcerned !== undefined && (tests.length > 0 || unmet !== undefined))
      problems.push(`RFC ${rfc} ${id}: it is said not to concern this stack, and yet to be met or not`);
    if (tests.length === 0 && unmet === undefined && unconcerned === undefined)
      problems.push(`RFC ${rfc} ${id}: no test shows it, and no reason says why it is not met`);
    const proof = tests.map(({ title: name, file }) => `[${cell(name)}](../../${file})`);
    if (unmet !== undefined) proof.unshift(`**${tests.length > 0 ? 'met in part' : 'not met'}**: ${cell(unmet)}`);
    if (unconcerned !== undefined) proof.push(`**does not concern this stack**: ${cell(unconcerned)}`);
    lines.push(`| ${id} | ${section} | ${cell(text)} | ${proof.join('<br>')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function summary() {
  const lines = [
    '# What the RFCs ask, and the tests that show it',
    '',
    'A page for each RFC that the stack follows: every MUST and SHOULD of it that concerns an endpoint, with the test that shows it,',
    'or why it is not met. What asks something of programs, or of what this stack has not got, does not concern it and is counted apart. Written by `tools/rfc.mjs`; `pnpm run docs` after changing an annotation.',
    '',
    '| RFC | | requirements | shown | in part | not met | no concern |',
    '|---|---|---:|---:|---:|---:|---:|',
  ];
  const total = [0, 0, 0, 0, 0];
  for (const { rfc, title, requirements } of catalogues) {
    const met = requirements.map(({ id, unmet }) => [shown.get(`${rfc} ${id}`).length > 0, unmet !== undefined]);
    const counts = [
      requirements.length,
      met.filter(([tests, unmet]) => tests && !unmet).length,
      met.filter(([tests, unmet]) => tests && unmet).length,
      met.filter(([tests, unmet]) => !tests && unmet).length,
      requirements.filter(({ unconcerned }) => unconcerned !== undefined).length,
    ];
    for (const [i, count] of counts.entries()) total[i] += count;
    lines.push(`| [${rfc}](rfc${rfc}.md) | ${title} | ${counts.join(' | ')} |`);
  }
  lines.push(`| | all | ${total.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

function cell(text) {
  return String(text).trim().replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
