import { fail } from '../errors.js';
import { runHostCommand } from './host-command.js';

/**
 * The packet filter of the host, through its own commands.
 *
 * The npm package "iptables" writes the jump into our chain ({@link IpTables.jump}). It cannot write the rest: it
 * knows no match options (`--tcp-flags`, `-m comment`), no `-N`, `-X`, `-C` and no `-w`; it reports neither exit nor
 * error, and it cannot run when the process exits. These are done with the command, and with `iptables-restore --noflush`,
 * which makes several changes at once or none of them (docs/decisions/0003-iptables.md).
 */
export class IpTables {
  private constructor(private readonly binary: 'iptables' | 'ip6tables') {}

  /**
   * The packet filter for addresses of this version.
   * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS
   */
  static open(version: 4 | 6): IpTables {
    const binary = version === 4 ? 'iptables' : 'ip6tables';
    const probe = runHostCommand(binary, ['-w', '-S', 'OUTPUT']);
    if (probe.missing) throw fail('GUARD_NO_IPTABLES', { binary });
    if (probe.failed) throw fail('GUARD_RIGHTS', { cause: probe.complaint });
    return new IpTables(binary);
  }

  /** The rules of a chain as `iptables -S` prints them, each starting with '-A'; none when there is no such chain. */
  rules(chain: string): string[] {
    const listed = runHostCommand(this.binary, ['-w', '-S', chain]);
    return listed.failed ? [] : listed.stdout.split('\n').filter((line) => line.startsWith('-A '));
  }

  /** Whether there is such a chain. */
  hasChain(chain: string): boolean {
    return !runHostCommand(this.binary, ['-w', '-S', chain]).failed;
  }

  /** Whether the chain has this rule. */
  has(chain: string, rule: string): boolean {
    return !runHostCommand(this.binary, ['-w', '-C', chain, ...rule.split(' ')]).failed;
  }

  /**
   * Makes all these changes of the filter table, or none of them.
   * @returns null, or why not.
   */
  commit(lines: readonly string[]): string | null {
    const input = `*filter\n${lines.join('\n')}\nCOMMIT\n`;
    const done = runHostCommand(`${this.binary}-restore`, ['-w', '--noflush'], input);
    return done.failed ? done.complaint : null;
  }

  /**
   * Makes `from` jump to `to`, unless it does.
   * @throws GUARD_FAILED
   */
  async jump(from: string, to: string): Promise<void> {
    const rule = `-j ${to}`;
    if (this.has(from, rule)) return;
    const npm = this.binary === 'iptables' ? await loadNpmIptables() : null;
    if (npm !== null) {
      // It tells nobody when it is done, or whether: look.
      npm.newRule({ action: '-A', chain: from, target: to });
      for (let looks = 0; looks < 200; looks++) {
        await new Promise(setImmediate);
        if (this.has(from, rule)) return;
      }
    }
    const problem = this.commit([`-A ${from} ${rule}`]);
    if (problem !== null) throw fail('GUARD_FAILED', { rules: `-A ${from} ${rule}`, cause: problem });
  }
}

/** An optional dependency. */
async function loadNpmIptables(): Promise<typeof import('iptables') | null> {
  try {
    return await import('iptables');
  } catch {
    return null;
  }
}
