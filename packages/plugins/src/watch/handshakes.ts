import type { Fields } from '@netwright/core';
import type { ShownNumbers } from './trace-line.js';

/** What is known of one connection: where each side's numbers begin. */
interface Connection {
  /** Initial sequence number by sender ('ip.port'). */
  readonly initial: Map<string, number>;
  /** Whose SYN-ACK waits to be acknowledged, and the number that does. */
  answered: string | null;
}

/** Connections remembered; the oldest is forgotten first. */
const LIMIT = 4096;

/** What a segment is to its connection. */
export type Role = 'handshake' | 'ending' | 'other';

/** Follows TCP connections far enough to show relative numbers and to know the segments of a handshake. */
export class Handshakes {
  private readonly connections = new Map<string, Connection>();

  /** Takes note of a frame. @returns null where it is not TCP. */
  follow(fields: Fields): { role: Role; numbers: ShownNumbers } | null {
    if (fields['tcp.srcport'] === undefined) return null;
    const from = `${fields['ip.src'] ?? fields['ipv6.src']}.${fields['tcp.srcport']}`;
    const to = `${fields['ip.dst'] ?? fields['ipv6.dst']}.${fields['tcp.dstport']}`;
    const syn = fields['tcp.flags.syn'] === true;
    const ack = fields['tcp.flags.ack'] === true;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const connection = this.connection(key, syn);
    const seq = Number(fields['tcp.seq']);
    const acked = Number(fields['tcp.ack']);
    let role: Role = fields['tcp.flags.fin'] === true || fields['tcp.flags.reset'] === true ? 'ending' : 'other';
    if (syn) {
      role = 'handshake';
      connection.initial.set(from, seq);
      if (ack) connection.answered = from;
    } else if (ack && connection.answered === to && acked === ((connection.initial.get(to) ?? 0) + 1) >>> 0) {
      if (role === 'other') role = 'handshake';
      connection.answered = null;
    }
    return {
      role,
      numbers: {
        // As tcpdump does: a SYN shows its number, later segments count from it.
        seq: syn ? seq : relative(seq, connection.initial.get(from)),
        ack: relative(acked, connection.initial.get(to)),
      },
    };
  }

  private connection(key: string, fresh: boolean): Connection {
    const known = this.connections.get(key);
    if (known !== undefined) return known;
    const made: Connection = { initial: new Map(), answered: null };
    // Without its SYN a connection's numbers stay absolute: nothing to remember.
    if (!fresh) return made;
    if (this.connections.size >= LIMIT) {
      for (const oldest of this.connections.keys()) {
        this.connections.delete(oldest);
        break;
      }
    }
    this.connections.set(key, made);
    return made;
  }
}

function relative(value: number, initial: number | undefined): number {
  return initial === undefined ? value : (value - initial) >>> 0;
}
