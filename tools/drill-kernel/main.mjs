// Plays the scripts of test/drill against the TCP of this machine's kernel, in network namespaces of their own, and
// writes docs/drill-kernel.md: where the profile `linux` is what Linux does.
//   node tools/drill-kernel/main.mjs                      all of them, and the page
//   node tools/drill-kernel/main.mjs test/drill/sack …    some of them, without the page
// Needs root, /dev/net/tun, ip and python3; without them it says so and ends with 0.
import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const player = new URL('play.mjs', import.meta.url).pathname;
const page = new URL('../../docs/drill-kernel.md', import.meta.url).pathname;
/** Scripts that are played side by side: they wait most of the time. */
const TOGETHER = 4;
/** Scripts for another system. */
const OTHERS = ['freebsd'];

function missing() {
  if (process.getuid?.() !== 0) return 'it needs root';
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    return 'there is no /dev/net/tun';
  }
  return null;
}

function below(path) {
  if (!statSync(path).isDirectory()) return path.endsWith('.pkt') ? [path] : [];
  const names = readdirSync(path).filter((name) => !OTHERS.includes(name));
  return names.sort().flatMap((name) => below(join(path, name)));
}

/** Plays files, `together` side by side. */
function playAll(files, together) {
  const waiting = [...files];
  const results = [];
  const worker = () =>
    new Promise((done) => {
      const child = spawn(process.execPath, [player, '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
      const next = () => {
        const file = waiting.shift();
        if (file === undefined) child.stdin.end();
        else child.stdin.write(`${file}\n`);
      };
      createInterface({ input: child.stdout }).on('line', (line) => {
        const answer = JSON.parse(line);
        results.push(answer);
        if (answer.result !== 'agree') console.log(`${answer.file}:${answer.line} ${answer.result}: ${answer.reason}`);
        next();
      });
      child.on('exit', done);
      next();
    });
  return Promise.all(Array.from({ length: together }, worker)).then(() => results);
}

/** What of the page nobody writes anew: about random.mjs. */
const byHand = () => /\n## Random scripts\n[\s\S]*$/.exec(readFileSync(page, 'utf8'))?.[0] ?? '';

const count = (results, which) => results.filter(({ result }) => result === which).length;

function table(results) {
  const folders = new Map();
  for (const each of results) {
    const folder = each.file.split('/').at(-2);
    folders.set(folder, [...(folders.get(folder) ?? []), each]);
  }
  const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
  const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '\\<').split('\n')[0].slice(0, 160);
  const listed = (which) =>
    results
      .filter(({ result }) => result === which)
      .sort((a, b) => (a.file < b.file ? -1 : 1))
      .map(({ file, line, reason }) => `| ${file.replace(/^.*test\/drill\//, '')} | ${line} | ${cell(reason)} |`);
  const named = (heading, text, which) =>
    listed(which).length === 0
      ? []
      : ['', `## ${heading}`, '', text, '', '| script | line | why |', '|---|---|---|', ...listed(which)];
  return [
    '# The scripts and the kernel',
    '',
    'The scripts of `test/drill` say what the profile `linux` does. `node tools/drill-kernel/main.mjs` plays them against',
    'the TCP of the kernel that it runs on: each in a network namespace of its own, over a TUN device, with the same calls, the',
    'same packets and the same comparisons as over our stack, in real time. This page is what it wrote.',
    '',
    `Linux ${release().replace(/-.*/, '')}: ${count(results, 'agree')} of ${results.length} scripts agree, ${count(results, 'differ')} differ, ${count(results, 'unsupported') + count(results, 'broken')} cannot be played.`,
    '',
    '| folder | agree | differ | cannot be played |',
    '|---|---|---|---|',
    ...rows.map(
      ([folder, each]) =>
        `| ${folder} | ${count(each, 'agree')} | ${count(each, 'differ')} | ${each.length - count(each, 'agree') - count(each, 'differ')} |`,
    ),
    ...named(
      'Where they differ',
      'A difference is a bug of ours, a choice that is named in the script, or a machine that was too busy to be in time.',
      'differ',
    ),
    ...named(
      'What cannot be played',
      'Mostly what this kernel does not have, what a packet script of a kernel could not ask either, or what takes too long.',
      'unsupported',
    ),
    '',
  ].join('\n');
}

const problem = missing();
if (problem !== null) console.log(`skipped: ${problem}`);
else {
  const paths = process.argv.slice(2);
  const first = await playAll((paths.length > 0 ? paths : ['test/drill']).flatMap(below), TOGETHER);
  // What differed may only have been late beside others: it is played again alone.
  const differing = first.filter(({ result }) => result === 'differ').map(({ file }) => file);
  if (differing.length > 0) console.log(`${differing.length} once more, one after the other`);
  const again = await playAll(differing, 1);
  const results = [...first.filter(({ result }) => result !== 'differ'), ...again];
  console.log(
    `${count(results, 'agree')} agree, ${count(results, 'differ')} differ, ${results.length - count(results, 'agree') - count(results, 'differ')} cannot be played`,
  );
  if (paths.length === 0) writeFileSync(page, table(results) + byHand());
}
