import { type ChildProcess, spawn } from 'node:child_process';

/** How a program has ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** A running program that prints lines of JSON or words. */
export class Program {
  private out = '';
  private error = '';
  private readonly child: ChildProcess;
  private readonly end: Promise<Ended>;

  /** Starts it in a network namespace. */
  constructor(namespace: string, command: string, args: readonly string[]) {
    // 'ip netns exec' becomes the command, so that the child is the command itself.
    this.child = spawn('ip', ['netns', 'exec', namespace, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (data) => {
      this.out += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.error += data;
    });
    this.end = new Promise((resolve) => {
      this.child.once('close', (code) => resolve({ code, out: this.out, error: this.error }));
    });
  }

  /** Waits for a line that begins with `word`. @throws Error when the program ends without one. */
  prints(word: string): Promise<string> {
    const line = () => this.out.split('\n').find((each) => each.startsWith(word));
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = line();
        if (found === undefined) return;
        this.child.stdout?.off('data', look);
        resolve(found);
      };
      this.child.stdout?.on('data', look);
      look();
      this.end.then(({ code, error }) => {
        if (line() === undefined) reject(new Error(`ended with ${code} before it printed "${word}": ${error}`));
      });
    });
  }

  /** Waits for its end. */
  ended(): Promise<Ended> {
    return this.end;
  }

  /** Waits for its end; what it printed last as JSON. @throws Error where it failed. */
  async result<Result>(): Promise<Result> {
    const { code, out, error } = await this.end;
    const last = out.trim().split('\n').pop() ?? '';
    if (code !== 0 || last === '') throw new Error(`ended with ${code}: ${error}${out}`);
    return JSON.parse(last) as Result;
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to end. */
  stop(): this {
    this.signal('SIGTERM');
    return this;
  }

  /** Ends it. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.end;
  }
}
