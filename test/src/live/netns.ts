import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { captureProblem } from '@netwright/plugins';

/** A program that a live test needs on the machine. */
type Tool = 'ping' | 'curl' | 'iptables' | 'ethtool' | 'tshark' | 'python3' | 'ss';

/**
 * Why live tests cannot run here, or null. It goes into the titles of those that are skipped.
 */
export async function liveProblem(...tools: Tool[]): Promise<string | null> {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'not root';
  for (const tool of ['ip', ...tools]) if (!installed(tool)) return `${tool} is not installed`;
  const capture = await captureProblem();
  if (capture !== null) return (capture as { code?: string }).code ?? capture.message;
  return tryOut(tools);
}

/** Whether namespaces, veth pairs, packet sockets and the packet filter work here: a container may lack any of them. */
function tryOut(tools: Tool[]): string | null {
  const name = `nwprobe${process.pid}`;
  const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
  if (!works('ip', 'netns', 'add', name)) return 'network namespaces may not be made';
  try {
    if (!works('ip', '-n', name, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1'))
      return 'no veth pairs';
    works('ip', '-n', name, 'link', 'set', 'veth0', 'up');
    const opens = new URL('./reopen.js', import.meta.url).pathname;
    const opened = spawnSync('ip', ['netns', 'exec', name, process.execPath, opens, '1'], { encoding: 'utf8' });
    if (opened.stdout.trim() !== 'round 1') return `no capture: ${opened.stdout.trim() || opened.stderr.trim()}`;
    if (!tools.includes('iptables')) return null;
    return works('ip', 'netns', 'exec', name, 'iptables', '-S') ? null : 'iptables does not work';
  } finally {
    works('ip', 'netns', 'del', name);
  }
}

/** Whether a command is there. */
export function installed(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(`${folder}/${tool}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What a command said, and how it ended. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command finds around it. */
export interface Setting {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** ms after which it is ended; a minute unless said otherwise, so that one that hangs fails its test instead of all. */
  readonly patience?: number;
}

/** A network namespace with one interface, 'veth0'. */
export class Namespace {
  private readonly children: ChildProcess[] = [];

  constructor(
    readonly name: string,
    /** '10.77.0.1' */
    readonly address: string,
  ) {}

  /** Runs a command in it to its end. @throws Error when it fails. */
  run(command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** Starts a command in it; it is ended with the namespace. */
  start(command: string, ...args: string[]): Program {
    return this.startAs({}, command, ...args);
  }

  /** Starts a command in it, in a folder, with variables of its environment beside those of this process. */
  startAs({ cwd, env, patience = 60_000 }: Setting, command: string, ...args: string[]): Program {
    const child = spawn('ip', ['netns', 'exec', this.name, command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...process.env, ...env },
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    this.children.push(child);
    return new Program(child, [command, ...args].join(' '));
  }

  /** Starts a program of this folder: `node <name>.js`. */
  node(program: string, ...args: string[]): Program {
    return this.start(process.execPath, new URL(`./${program}.js`, import.meta.url).pathname, ...args);
  }

  /** Runs a command in it without holding up this process. */
  async ran(command: string, ...args: string[]): Promise<Ran> {
    return this.start(command, ...args).ended();
  }

  /** Ends what runs in it and removes it. */
  async remove(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    // 'ip netns exec' becomes the command, so that the child is the command itself.
    await Promise.all(this.children.map((child) => new Program(child, '').ended()));
    spawnSync('ip', ['netns', 'del', this.name]);
  }
}

/** A running command. */
export class Program {
  private out = '';
  private err = '';
  private readonly end: Promise<Ran>;

  constructor(
    private readonly child: ChildProcess,
    private readonly label: string,
  ) {
    child.stdout?.on('data', (data) => {
      this.out += data;
    });
    child.stderr?.on('data', (data) => {
      this.err += data;
    });
    this.end = new Promise((resolve) => {
      const done = () => resolve({ status: child.exitCode, stdout: this.out, stderr: this.err });
      if (child.exitCode !== null || child.signalCode !== null) done();
      else child.once('close', done);
    });
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** What it has printed so far. */
  get printed(): string {
    return this.out;
  }

  /** Waits until it prints `text`, on whichever of its outputs. @throws Error when it ends first. */
  async prints(text: string): Promise<string> {
    let seen = () => {};
    const printed = new Promise<string>((resolve) => {
      seen = () => {
        const line = `${this.out}\n${this.err}`.split('\n').find((each) => each.includes(text));
        if (line !== undefined) resolve(line);
      };
      this.child.stdout?.on('data', seen);
      this.child.stderr?.on('data', seen);
      seen();
    });
    const ended = this.end.then(({ status, stderr }) => {
      throw new Error(`"${this.label}" ended with ${status} before it printed "${text}": ${this.out}${stderr}`);
    });
    try {
      return await Promise.race([printed, ended]);
    } finally {
      this.child.stdout?.off('data', seen);
      this.child.stderr?.off('data', seen);
    }
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for its end. */
  ended(): Promise<Ran> {
    return this.end;
  }

  /** Sends it a signal and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ran> {
    this.signal(signal);
    return this.end;
  }
}

/**
 * Two network namespaces joined by a veth pair, without offloads: in `stack` our stack lives, in `peer` programs of the
 * kernel do. Names are this process's, so that test files run side by side.
 */
export class Wire {
  private static made = 0;
  private static readonly names = new Set<string>();

  private constructor(
    readonly stack: Namespace,
    readonly peer: Namespace,
  ) {}

  static make(): Wire {
    const id = `${process.pid}-${Wire.made++}`;
    const wire = new Wire(new Namespace(`nws${id}`, '10.77.0.1'), new Namespace(`nwp${id}`, '10.77.0.2'));
    const { stack, peer } = wire;
    const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    if (Wire.made === 1) {
      removeAbandoned();
      process.once('exit', () => Wire.removeAll());
    }
    for (const { name } of [stack, peer]) {
      ip('netns', 'add', name);
      Wire.names.add(name);
    }
    ip('-n', stack.name, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth0', 'netns', peer.name);
    for (const { name, address } of [stack, peer]) {
      // No IPv6: its own chatter on a fresh interface is not what is looked at.
      execFileSync('ip', ['netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1']);
      ip('-n', name, 'addr', 'add', `${address}/24`, 'dev', 'veth0');
      ip('-n', name, 'link', 'set', 'veth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    peer.run('ethtool', '-K', 'veth0', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off');
    return wire;
  }

  async remove(): Promise<void> {
    await Promise.all([this.stack.remove(), this.peer.remove()]);
    for (const { name } of [this.stack, this.peer]) Wire.names.delete(name);
  }

  /** What a test that timed out has left. */
  private static removeAll(): void {
    for (const name of Wire.names) spawnSync('ip', ['netns', 'del', name]);
  }
}

/** Removes what a test process that was killed has left: its namespaces carry its process id. */
function removeAbandoned(): void {
  const listed = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  for (const [name, pid] of listed.matchAll(/^nw[sp](\d+)-\d+/gm)) {
    if (existsSync(`/proc/${pid}`)) continue;
    const inside = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).stdout;
    for (const each of inside.split('\n').filter((line) => line !== '')) spawnSync('kill', ['-KILL', each]);
    spawnSync('ip', ['netns', 'del', name]);
  }
}
