import { execaSync } from 'execa';
import { fail } from '../errors.js';

/**
 * The packet filter of the host, through its own commands.
 *
 * The npm package "iptables" writes the jump into our chain ({@link IpTables.jump}). It cannot write the rest: it
 * knows no match options (`--tcp-flags`, `-m comment`), no `-N`, `-X`, `-C` and no `-w`; it reports neither exit nor
 * error, and it cannot run when the process exits. These are done with execa and `iptables-restore --noflush`, which
 * makes several changes at once or none of them (docs/decisions/0003-iptables.md).
 */
export class IpTables {
  private constructor(private readonly binary: 'iptables' | 'ip6tables') {}

  /**
   * The packet filter for addresses of this version.
   * @throws GUARD_NO_IPTABLES, GUARD_RIGHTS
   */
  static open(version: 4 | 6): IpTables {
    const binary = version === 4 ? 'iptables' : 'ip6tables';
    const probe = execaSync(binary, ['-w', '-S', 'OUTPUT'], { reject: false });
    if (probe.exitCode === undefined) throw fail('GUARD_NO_IPTABLES', { binary });
    if (probe.failed) throw fail('GUARD_RIGHTS', { cause: lastLine(probe.stderr) });
    return new IpTables(binary);
  }

  /** The rules of a chain as `iptables -S` prints them, each starting with '-A'; none when there is no such chain. */
  rules(chain: string): string[] {
    const listed = execaSync(this.binary, ['-w', '-S', chain], { reject: false });
    return listed.failed ? [] : listed.stdout.split('\n').filter((line) => line.startsWith('-A '));
  }

  /** Whether there is such a chain. */
  hasChain(chain: string): boolean {
    return !execaSync(this.binary, ['-w', '-S', chain], { reject: false }).failed;
  }

  /** Whether the chain has this rule. */
  has(chain: string, rule: string): boolean {
    return !execaSync(this.binary, ['-w', '-C', chain, ...rule.split(' ')], { reject: false }).failed;
  }

  /**
   * Makes all these changes of the filter table, or none of them.
   * @returns null, or why not.
   */
  commit(lines: readonly string[]): string | null {
    const input = `*filter\n${lines.join('\n')}\nCOMMIT\n`;
    const done = execaSync(`${this.binary}-restore`, ['-w', '--noflush'], { input, reject: false });
    return done.failed ? lastLine(done.stderr ?? '') || done.shortMessage || 'no reason given' : null;
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

function lastLine(text: string): string {
  return text.trim().split('\n').pop() ?? '';
}
