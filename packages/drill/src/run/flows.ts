import { Mismatch } from '../outcome.js';
import type { Addresses } from './environment.js';
import { Flow } from './flow.js';
import type { WireSegment } from './frame.js';

type Ports = { readonly source: number; readonly destination: number } | null;

/** The first port of the other side, for connections that come in. */
const FIRST_REMOTE_PORT = 40_001;

const SYN = 0x02;
const ACK = 0x10;

/** The connections of a script, and which of them a packet without ports belongs to. */
export class Flows {
  current: Flow | null = null;
  /** The port that the script's latest listener has. */
  listenPort: number | null = null;
  private readonly flows: Flow[] = [];
  private nextRemotePort = FIRST_REMOTE_PORT;

  constructor(
    private readonly addresses: Addresses,
    /** Whether the stack still has a connection with these ports that the script can mean. */
    private readonly isAlive: (localPort: number, remotePort: number) => boolean,
  ) {}

  /** The flow of a segment that the script injects. */
  ofInjected(ports: Ports, flags: number, seq: number): Flow {
    const opening = (flags & (SYN | ACK)) === SYN;
    if (ports !== null) {
      const named = this.flows.find(({ named: n }) => n?.local === ports.destination && n?.remote === ports.source);
      if (named !== undefined) return this.use(this.isFresh(named, opening, seq) ? this.renew(named) : named);
      return this.use(this.add(ports.destination, ports.source, { local: ports.destination, remote: ports.source }));
    }
    const { current } = this;
    if (current !== null && !(opening && this.isOver(current, seq))) return current;
    return this.use(this.add(this.listenPort ?? this.addresses.bindPort, this.nextRemotePort++, null));
  }

  /** The flow of a segment that the stack sent, which the script expects with these ports. */
  ofSeen(ports: Ports, segment: WireSegment): Flow {
    const { sourcePort: local, destinationPort: remote } = segment;
    let known = this.flows.findLast((each) => each.localPort === local && each.remotePort === remote);
    // The stack opens anew on ports that it had before: other numbers from now on.
    const opening =
      (segment.flags & (SYN | ACK)) === SYN && known?.localIsn !== null && known?.localIsn !== segment.seq;
    if (known !== undefined && opening) known = this.renew(known);
    if (ports === null) return this.use(known ?? this.add(local, remote, null));
    const named = this.flows.find(({ named: n }) => n?.local === ports.source && n?.remote === ports.destination);
    if (named === undefined) {
      if (known !== undefined && known.named !== null) throw otherPorts(ports, local, remote);
      return this.use(this.add(local, remote, { local: ports.source, remote: ports.destination }));
    }
    if (named.localPort !== local || named.remotePort !== remote) throw otherPorts(ports, local, remote);
    return this.use(named);
  }

  /** The flow to tell a segment with, where nobody expects it. */
  toTell(segment: WireSegment): Flow {
    const { sourcePort: local, destinationPort: remote } = segment;
    const known = this.flows.findLast((each) => each.localPort === local && each.remotePort === remote);
    return known ?? new Flow(local, remote, null);
  }

  /** A SYN with another number on the same ports begins a new incarnation, with numbers of its own. */
  private isFresh(flow: Flow, opening: boolean, seq: number): boolean {
    return (
      opening && flow.remoteIsn !== null && flow.remoteIsn !== seq && !this.isAlive(flow.localPort, flow.remotePort)
    );
  }

  private renew(flow: Flow): Flow {
    this.flows.splice(this.flows.indexOf(flow), 1);
    return this.add(flow.localPort, flow.remotePort, flow.named);
  }

  private isOver(flow: Flow, seq: number): boolean {
    return flow.remoteIsn !== null && flow.remoteIsn !== seq && !this.isAlive(flow.localPort, flow.remotePort);
  }

  private add(local: number, remote: number, named: { local: number; remote: number } | null): Flow {
    const flow = new Flow(local, remote, named);
    this.flows.push(flow);
    return flow;
  }

  private use(flow: Flow): Flow {
    this.current = flow;
    return flow;
  }
}

function otherPorts(ports: { source: number; destination: number }, local: number, remote: number): Mismatch {
  return new Mismatch(
    'a segment of another connection',
    `${ports.source} > ${ports.destination}`,
    `${local} > ${remote}`,
  );
}
