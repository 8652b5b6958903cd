import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { bothAlone, onOurStack, onTheKernel } from './both-ways.js';

const folder = fileURLToPath(new URL('../../programs/', import.meta.url));
const families = readdirSync(folder, { withFileTypes: true })
  .filter((each) => each.isDirectory() && each.name !== 'fixtures')
  .map((each) => each.name)
  .sort();
const programs = families.flatMap((family) =>
  readdirSync(folder + family)
    .filter((each) => each.endsWith('.mjs'))
    .sort()
    .map((each) => ({ family, name: `${family}/${each}`, source: readFileSync(`${folder}${family}/${each}`, 'utf8') })),
);

for (const { family, name, source } of programs) {
  test(`${family}: ${sentence(source)}`, async (t) => {
    const program = folder + name;
    let [kernel, ours] = await Promise.all([onTheKernel(program), onOurStack(program)]);
    // Programs have timers of some ms: a difference that does not come again is that of a busy machine.
    for (let again = 0; again < 3 && !isDeepStrictEqual(kernel, ours); again++)
      [kernel, ours] = await bothAlone(program);
    t.not(kernel.stdout, '', `${name} prints nothing on the kernel:\n${kernel.stderr}`);
    t.is(typeof kernel.exit, 'number', `${name} on the kernel: ${kernel.exit}`);
    t.deepEqual(ours, kernel, `${name} (above: difference to the kernel)`);
  });
}

test('the second run is not on the kernel: another process finds no open port', async (t) => {
  const knock =
    "require('net').connect(process.argv[1], '127.0.0.1', () => process.exit(0)).on('error', () => process.exit(1))";
  const source = `
    import { spawn } from 'node:child_process';
    import { createServer } from 'node:net';
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
      const other = spawn(process.execPath, ['-e', ${JSON.stringify(knock)}, server.address().port]);
      other.on('exit', (code) => server.close(console.log(code === 0 ? 'found' : 'closed')));
    });`;
  const args = ['--input-type=module', '--eval', source];
  t.deepEqual(await onTheKernel(...args), { stdout: 'found\n', stderr: '', exit: 0 });
  t.deepEqual(await onOurStack(...args), { stdout: 'closed\n', stderr: '', exit: 0 });
});

test('a program is plain JavaScript over Node alone, and its first line says what it asks', (t) => {
  for (const { name, source } of programs) {
    t.regex(source, /^\/\/ \S.*\.\n/, name);
    const imported = [...source.matchAll(/^(?:import|} from) .*?'([^']+)';|\b(?:import|require)\('([^']+)'/gm)].map(
      ([, line, call]) => line ?? call,
    );
    for (const from of imported) t.regex(from, /^node:|^\.\.\/fixtures\//, `${name} imports ${from}`);
  }
});

/** A title from the first comment: '// A paused reader stops the writer.' */
function sentence(source: string): string {
  const first = source
    .slice(0, source.indexOf('\n'))
    .replace(/^\/\/ /, '')
    .replace(/\.$/, '');
  // Not the first letter of a name: TLS, JSON.
  return /^[A-Z][a-z ]/.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first;
}
