import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { captureProblem } from '@netwright/plugins';
import { Program } from './program.js';
import type { RelayTask } from './relay.js';

/** The addresses of a network. The stack is a station of its own beside the kernel of its side. */
export const ADDRESS = { stack: '10.78.0.9', left: '10.78.0.1', right: '10.78.0.2' } as const;

const MAC = { stack: '02:00:00:00:00:09', left: '02:00:00:00:00:01', right: '02:00:00:00:00:02' } as const;

/** What the path does to frames, and who sends on its left. */
export type PathOptions = Omit<RelayTask, 'leftMac' | 'rightMac'> & { readonly sender: 'stack' | 'kernel' };

/** What sockets of the kernel may grow to: no buffer is to be the limit of a path. */
const BUFFERS = '4096 131072 67108864';

/** Why nothing of this runs here, or null. */
export async function networkProblem(): Promise<string | null> {
  if (process.platform !== 'linux') return 'network namespaces need Linux';
  if (process.getuid?.() !== 0) return 'not root';
  for (const tool of ['ip', 'ethtool', 'sysctl']) if (!installed(tool)) return `${tool} is not installed`;
  return (await captureProblem())?.message ?? null;
}

function installed(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(`${folder}/${tool}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Three network namespaces in a row: `left`, a relay of ours, `right`. The relay joins two veth pairs, with delay, loss
 * and what else a cable of ours can do. No interface cuts or merges segments, so that a frame is a segment.
 */
export class Network {
  private static made = 0;
  private static readonly all = new Set<Network>();
  private readonly programs: Program[] = [];
  private relay: Program | null = null;
  private readonly name = `nwb${process.pid}-${Network.made++}`;

  private constructor() {
    Network.all.add(this);
  }

  /** Makes it, with the relay running. @throws Error where the system refuses. */
  static async make(options: PathOptions): Promise<Network> {
    if (Network.made === 0) process.once('exit', () => Network.removeAll());
    const network = new Network();
    try {
      network.join();
      const { sender, ...path } = options;
      const task: RelayTask = { ...path, leftMac: sender === 'stack' ? MAC.stack : MAC.left, rightMac: MAC.right };
      network.relay = network.node('relay', '../kernel/relay.js', task);
      await network.relay.prints('ready');
      return network;
    } catch (error) {
      await network.remove();
      throw error;
    }
  }

  /** How the stack captures the left side. */
  static readonly capture = { interface: 'veth0', mac: MAC.stack } as const;

  /** Starts a program of this folder's neighbours with `task` as JSON. */
  node(side: 'left' | 'relay' | 'right', program: string, task: unknown): Program {
    const file = new URL(program, import.meta.url).pathname;
    const started = new Program(this.namespace(side), process.execPath, [file, JSON.stringify(task)]);
    this.programs.push(started);
    return started;
  }

  /** Chooses congestion control for what the kernel of the left side sends: by route, which any program obeys. */
  choose(congestion: string): void {
    const route = ['10.78.0.0/24', 'dev', 'veth0', 'src', ADDRESS.left, 'congctl', congestion];
    this.ip('-n', this.namespace('left'), 'route', 'change', ...route);
  }

  /** Runs a command to its end. @returns what it printed. */
  run(side: 'left' | 'relay' | 'right', command: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.namespace(side), command, ...args], { encoding: 'utf8' });
  }

  /** Ends the relay. @returns what it has counted. */
  async stopRelay<Counters>(): Promise<Counters> {
    return (this.relay as Program).stop().result<Counters>();
  }

  /** Ends what runs in it and removes it. */
  async remove(): Promise<void> {
    await Promise.all(this.programs.map((each) => each.kill()));
    this.removeNamespaces();
    Network.all.delete(this);
  }

  private static removeAll(): void {
    for (const each of Network.all) each.removeNamespaces();
  }

  private removeNamespaces(): void {
    for (const side of ['left', 'relay', 'right']) spawnSync('ip', ['netns', 'del', this.namespace(side)]);
  }

  private namespace(side: string): string {
    return `${this.name}-${side}`;
  }

  private ip(...args: string[]): void {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  private join(): void {
    const relay = this.namespace('relay');
    this.ip('netns', 'add', relay);
    for (const side of ['left', 'right'] as const) {
      const namespace = this.namespace(side);
      this.ip('netns', 'add', namespace);
      // Before anything is up: IPv6 would announce itself.
      this.run(side, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', `net.ipv4.tcp_rmem=${BUFFERS}`);
      this.run(side, 'sysctl', '-qw', `net.ipv4.tcp_wmem=${BUFFERS}`);
      this.ip('-n', namespace, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', side, 'netns', relay);
      this.ip('-n', namespace, 'link', 'set', 'veth0', 'address', MAC[side]);
      this.ip('-n', namespace, 'addr', 'add', `${ADDRESS[side]}/24`, 'dev', 'veth0');
    }
    this.run('relay', 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1');
    const interfaces = [
      ['left', 'veth0'],
      ['relay', 'left'],
      ['relay', 'right'],
      ['right', 'veth0'],
    ] as const;
    for (const [side, name] of interfaces) {
      this.run(side, 'ethtool', '-K', name, 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off');
      this.ip('-n', this.namespace(side), 'link', 'set', name, 'up');
    }
  }
}
