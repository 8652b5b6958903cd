import type { Namespace } from './netns.js';

/**
 * Connections that both sides have closed. In LAST-ACK the kernel waits for an acknowledgement which, where it was lost,
 * a process that is over by then does not repeat.
 */
const OVER = /^(LISTEN|TIME-WAIT|LAST-ACK) /;

/** What the kernel of a namespace says of its TCP. */
export class PeerTcp {
  private start: Record<string, number> = {};
  /** How many connections had ended otherwise when `left` was asked last. */
  private resets = 0;

  constructor(private readonly namespace: Namespace) {}

  /** Counts from here. */
  begin(): void {
    this.start = this.counters();
  }

  /** Segments that it has sent again, and those that it has received behind a gap, since `begin`. */
  get recovered(): { sending: number; receiving: number } {
    return { sending: this.since('Tcp.RetransSegs'), receiving: this.since('TcpExt.TCPOFOQueue') };
  }

  /** What is still open when connections have had their time to close, and how many ended otherwise, since the last time. */
  async left(): Promise<{ open: string[]; resets: number }> {
    let open: string[] = [];
    // What a close takes may be lost some times.
    for (let looks = 0; looks < 100; looks++) {
      open = this.open();
      if (open.length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const counters = this.counters();
    const before = this.resets;
    this.resets = counters['Tcp.EstabResets'] + counters['Tcp.OutRsts'];
    return { open, resets: this.resets - before };
  }

  /** Connections with our side: those of the kernel with itself do not count. */
  private open(): string[] {
    const listed = this.namespace.run('ss', '-Htan', 'dst', '10.77.0.0/24');
    return listed.split('\n').filter((line) => line !== '' && !OVER.test(line));
  }

  private since(name: string): number {
    return this.counters()[name] - (this.start[name] ?? 0);
  }

  /** 'Tcp.RetransSegs' and so on. Files of two lines for each protocol: names, and their values. */
  private counters(): Record<string, number> {
    const found: Record<string, number> = {};
    const lines = this.namespace.run('cat', '/proc/net/snmp', '/proc/net/netstat').split('\n');
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [protocol, ...names] = lines[i].split(' ');
      const values = lines[i + 1].split(' ').slice(1);
      for (const [j, name] of names.entries()) found[`${protocol.slice(0, -1)}.${name}`] = Number(values[j]);
    }
    return found;
  }
}
