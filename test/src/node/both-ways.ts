import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a program said, by itself and comparable between two runs. */
export interface Said {
  stdout: string;
  stderr: string;
  exit: number | string;
}

/** Where the children run: from here `@netwright/node/register` is found. */
const folder = fileURLToPath(new URL('../../', import.meta.url));
const together = 3;
const patience = 30_000;

let running = 0;
const waiting: (() => void)[] = [];

/** Run a program, named as Node's command line names it, on Node's own network. */
export const onTheKernel = (...args: string[]): Promise<Said> => run(args);

/** Run the same program with the preload. */
export const onOurStack = (...args: string[]): Promise<Said> => run(['--import', '@netwright/node/register', ...args]);

async function run(args: string[]): Promise<Said> {
  if (running >= together) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await child(args);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function child(args: string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const { PATH, HOME } = process.env;
    const started = spawn(process.execPath, args, {
      cwd: folder,
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    started.stdout.on('data', (data) => stdout.push(data));
    started.stderr.on('data', (data) => stderr.push(data));
    started.on('error', reject);
    started.on('close', (code, signal) => {
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: comparable(Buffer.concat(stderr).toString()),
        exit: code ?? (signal === 'SIGKILL' ? `not done after ${patience} ms` : String(signal)),
      });
    });
  });
}

/** Without what differs between any two runs: the way through Node's own files, and the number of the process. */
function comparable(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .join('\n')
    .replaceAll(/\(node:\d+\)/g, '(node)');
}
