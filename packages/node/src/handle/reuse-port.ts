import type { IpAddress } from '@netwright/core';
import type { Listener, ListenOptions, Tcp, TcpHandler, TcpSession } from '@netwright/layers';

/** Who gets connections of a port. */
export type Accept = (session: TcpSession) => TcpHandler;

interface Shared {
  readonly listener: Listener;
  readonly members: Accept[];
}

/** Ports on which several handles listen that have all asked for it (SO_REUSEPORT): each gets its part of the connections. */
export class SharedPorts {
  private readonly ports = new Map<string, Shared>();

  constructor(private readonly tcp: Tcp) {}

  /** Whether who asks for it may listen there, too. */
  has(port: number, at: IpAddress | null): boolean {
    return this.ports.has(key(port, at));
  }

  /** Listens, with others or as the first. @returns what ends it. @throws what `Tcp.listen` throws. */
  join(options: ListenOptions & { port: number }, at: IpAddress | null, accept: Accept): () => void {
    const name = key(options.port, at);
    let shared = this.ports.get(name);
    if (shared === undefined) {
      const members: Accept[] = [];
      // The kernel goes by a hash of the addresses and ports; ours are in turn.
      const onConnection = (session: TcpSession) => {
        const next = members.shift() as Accept;
        members.push(next);
        return next(session);
      };
      shared = { listener: this.tcp.listen({ ...options, onConnection }), members };
      this.ports.set(name, shared);
    }
    const { members, listener } = shared;
    members.push(accept);
    return () => {
      members.splice(members.indexOf(accept), 1);
      if (members.length > 0) return;
      this.ports.delete(name);
      listener.close();
    };
  }
}

function key(port: number, at: IpAddress | null): string {
  return `${at} ${port}`;
}
