import {
  IpAddress,
  type NetworkInterface,
  type NetwrightError,
  type Packet,
  type Stack,
  type Tap,
  type Watcher,
} from '@netwright/core';
import { fail } from '../errors.js';
import { ConnectionView } from './connection-view.js';
import { TcpFrame } from './tcp-frame.js';

const SYN = 0x02;
/** Problems kept; what follows the first ones is mostly their consequence. */
const LIMIT = 20;

/**
 * Follows every TCP connection of the stacks that it watches, from their frames alone, and holds each end to what it may
 * know: an acknowledgement covers only what has arrived and never goes back, nothing is sent beyond the peer's window or
 * its MSS, behind the FIN or with a gap before it, no window is taken back, every checksum is right. Frames are numbered
 * as in a capture of what was sent.
 */
export class Invariants implements Watcher {
  /** Frames that were sent so far. */
  frames = 0;
  private readonly found: NetwrightError[] = [];
  private readonly frame = new TcpFrame();
  private readonly nodes = new Map<string, Map<number, Map<number, ConnectionView>>>();

  problems(): readonly NetwrightError[] {
    return this.found;
  }

  tap(stack: Stack): Tap {
    const views = new Map<number, Map<number, ConnectionView>>();
    this.nodes.set(stack.name, views);
    return {
      frame: (direction, packet, via, at) => {
        if (direction === 'out') this.sent(stack.name, views, packet, at);
        else this.received(views, packet, via);
      },
    };
  }

  /** The number of the last frame that `node` sent on a connection, both ends as 'address:port'; 0 where there is none. */
  lastFrame(node: string, local: string, remote: string): number {
    for (const each of this.nodes.get(node)?.values() ?? []) {
      for (const view of each.values()) if (view.local === local && view.remote === remote) return view.lastFrame;
    }
    return 0;
  }

  private sent(node: string, views: Map<number, Map<number, ConnectionView>>, packet: Packet, at: number): void {
    const { frame } = this;
    const number = ++this.frames;
    if (!frame.read(packet)) return;
    const { source, sourcePort, destination, destinationPort } = frame;
    let view = find(views, source, sourcePort, destination, destinationPort);
    if (view === undefined || ((frame.flags & SYN) !== 0 && view.isAnother(frame))) {
      const old = view;
      view = this.open(views, packet, false);
      if (old !== undefined) view.follow(old);
    }
    view.lastFrame = number;
    const { local, remote } = view;
    const report = (code: Parameters<typeof fail>[0], found: string) => {
      if (this.found.length >= LIMIT) return;
      this.found.push(fail(code, { node, local, remote, time: at, frame: number, found }));
    };
    if (!frame.intact) report('INVARIANT_CHECKSUM', 'a checksum of it is wrong');
    view.sends(frame, packet.segmentSize, report);
  }

  private received(views: Map<number, Map<number, ConnectionView>>, packet: Packet, via: NetworkInterface): void {
    const { frame } = this;
    // What was damaged on the way, or is for somebody else, tells it nothing.
    if (!frame.read(packet) || !via.mac.isAt(packet.view, packet.start) || !frame.intact) return;
    const { source, sourcePort, destination, destinationPort } = frame;
    let view = find(views, destination, destinationPort, source, sourcePort);
    if (view === undefined) {
      if ((frame.flags & SYN) === 0) return;
      view = this.open(views, packet, true);
    }
    view.receives(frame);
  }

  /** A view of the connection that the frame belongs to, from the end that receives or sends it. */
  private open(views: Map<number, Map<number, ConnectionView>>, packet: Packet, received: boolean): ConnectionView {
    const { source, sourcePort, destination, destinationPort, addressesAt, addressLength } = this.frame;
    const from = `${IpAddress.read(packet.view, addressesAt, addressLength)}:${sourcePort}`;
    const to = `${IpAddress.read(packet.view, addressesAt + addressLength, addressLength)}:${destinationPort}`;
    const view = received ? new ConnectionView(to, from) : new ConnectionView(from, to);
    const local = received ? key(destination, destinationPort) : key(source, sourcePort);
    const remote = received ? key(source, sourcePort) : key(destination, destinationPort);
    const same = views.get(local);
    if (same === undefined) views.set(local, new Map([[remote, view]]));
    else same.set(remote, view);
    return view;
  }
}

/** An address of 32 bits and a port as one number. */
function key(address: number, port: number): number {
  return address * 65536 + port;
}

function find(
  views: Map<number, Map<number, ConnectionView>>,
  local: number,
  localPort: number,
  remote: number,
  remotePort: number,
): ConnectionView | undefined {
  return views.get(key(local, localPort))?.get(key(remote, remotePort));
}
