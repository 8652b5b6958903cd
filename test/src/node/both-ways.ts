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
const preload = ['--import', '@netwright/node/register'];

let running = 0;
const waiting: { places: number; start: () => void }[] = [];

/** Run a program, named as Node's command line names it, on Node's own network. */
export const onTheKernel = (...args: string[]): Promise<Said> => run(args);

/** Run the same program with the preload. */
export const onOurStack = (...args: string[]): Promise<Said> => run([...preload, ...args]);

/** The two runs, one after the other and with no other program beside them. */
export async function bothAlone(...args: string[]): Promise<[Said, Said]> {
  return [await run(args, together), await run([...preload, ...args], together)];
}

async function run(args: string[], places = 1): Promise<Said> {
  await new Promise<void>((start) => {
    waiting.push({ places, start });
    startWaiting();
  });
  try {
    return await child(args);
  } finally {
    running -= places;
    startWaiting();
  }
}

/** In the order in which they came, so that one that wants to be alone gets its turn. */
function startWaiting(): void {
  for (let [next] = waiting; next !== undefined && running + next.places <= together; [next] = waiting) {
    waiting.shift();
    running += next.places;
    next.start();
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
