import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import test from 'ava';

const PLUGINS = import.meta.resolve('@netwright/plugins');
const PROGRAM = `
import { captureProblem } from '${PLUGINS}';
const problem = await captureProblem();
console.log(problem === null ? 'none' : problem.message);
`;

/** What a program is told that runs where loading cap ends with this error. */
function toldWhere(code: string, message: string): string {
  const hook = `export function resolve(specifier, context, next) {
    if (specifier !== 'cap') return next(specifier, context);
    throw Object.assign(new Error(${JSON.stringify(message)}), { code: '${code}' });
  }`;
  const url = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
  const register = url(`import { register } from 'node:module'; register(${JSON.stringify(url(hook))});`);
  const ran = spawnSync(process.execPath, ['--import', register, '--input-type=module', '-e', PROGRAM], {
    encoding: 'utf8',
  });
  return ran.stdout + ran.stderr;
}

test('without the package cap a program is told how to install it', (t) => {
  t.regex(toldWhere('ERR_MODULE_NOT_FOUND', "Cannot find package 'cap'"), /^CAPTURE_NOT_INSTALLED .*npm install cap@/);
});

test('with cap not built it is told how to build it', (t) => {
  const told = toldWhere('MODULE_NOT_FOUND', 'Cannot find module cap.node');
  t.regex(told, /^CAPTURE_NOT_BUILT .*libpcap-dev.*run install/);
});

test('without libpcap it is told what could not be loaded', (t) => {
  const told = toldWhere('ERR_DLOPEN_FAILED', 'libpcap.so.0.8: cannot open shared object file');
  t.regex(told, /^CAPTURE_NOT_LOADABLE .*libpcap\.so\.0\.8.*Install libpcap/);
});

test('in a worker thread it is told to use the main one', async (t) => {
  const worker = new Worker(
    `import('${PLUGINS}').then(async ({ captureProblem }) => {
    require('node:worker_threads').parentPort.postMessage((await captureProblem()).code);
  });`,
    { eval: true },
  );
  t.is(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)), 'CAPTURE_THREAD');
  await worker.terminate();
});
