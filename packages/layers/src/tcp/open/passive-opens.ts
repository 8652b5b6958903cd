import { type Host, IpAddress, type Packet, type Scope } from '@netwright/core';
import type { NoPath, Path } from '../../ip/network.js';
import { type Guard, verify } from '../authentication/guard.js';
import { offeredScale } from '../buffers.js';
import { answerOfNobody } from '../ecn/notification.js';
import { ACK, ECE, FIN, SYN } from '../header.js';
import { answering, type RouteFinder } from '../header-options.js';
import { pathChoices } from '../path-choices.js';
import { WHY } from '../reasons.js';
import type { Segment } from '../segment/segment.js';
import { Transmitter } from '../send/transmitter.js';
import { seqAdd } from '../sequence.js';
import type { TcpSession } from '../session.js';
import type { TcpSettings } from '../settings.js';
import { TCP_BEHAVIOUR, TCP_FASTOPEN, type TcpBehaviour } from '../tokens.js';
import type { FastOpenGrant } from './fastopen.js';
import type { ConnectionId } from './isn.js';
import type { Listener } from './listen.js';
import type { Admission } from './listen-policy.js';
import { COOKIE_LIFE, synCookies } from './syn-cookies.js';

/** What {@link PassiveOpens} needs of the layer. */
export interface PassiveHome extends RouteFinder {
  readonly host: Host;
  readonly counters: {
    synsIgnored: number;
    synsRefused: number;
    passiveOpens: number;
    cookiesSent: number;
    cookiesReturned: number;
    fastOpens: number;
  };
  /** Whether the table of connections is full. */
  readonly full: boolean;
  /** Those of the layer, which may change. */
  readonly settings: Readonly<TcpSettings>;
  makePassive(id: ConnectionId, path: Path, listener: Listener): TcpSession;
  readonly guard: Guard;
  /** Answers `packet` with a reset. */
  refuse(packet: Packet, listener: Listener): void;
}

/** SYNs to listeners, and the answers to their SYN cookies (RFC 9293 section 3.10.7.2). The packets stay the layer's. */
export class PassiveOpens {
  /** Resolved once for a listener: a flood must not ask the container. */
  private readonly behaviours = new WeakMap<Scope, TcpBehaviour>();

  constructor(private readonly home: PassiveHome) {}

  /** A SYN; `after` as InitialSequence has it. */
  answerSyn(listener: Listener, packet: Packet, segment: Segment, after?: number): void {
    const { counters } = this.home;
    if (this.home.settings.dropSynFin && (segment.flags & FIN) !== 0) return;
    switch (this.admission(listener)) {
      case 'ignore':
        counters.synsIgnored++;
        return;
      case 'refuse':
        counters.synsRefused++;
        this.home.refuse(packet, listener);
        return;
      case 'cookie':
        this.sendCookie(listener, packet, segment);
        return;
      case 'accept':
        this.accept(listener, packet, segment, after);
    }
  }

  /** A segment without SYN that belongs to no connection. @returns whether it brings back a cookie, and is dealt with. */
  takeCookie(listener: Listener, packet: Packet, segment: Segment): boolean {
    const { host, counters } = this.home;
    if (host.turn.now - listener.cookieAt > COOKIE_LIFE) return false;
    const id = idOf(packet, segment);
    const cookies = synCookies(host);
    const syn = cookies.recover(id, segment, host.turn.now);
    if (syn === null) return false;
    // Where there is no room for it, it is dropped: it comes again with the first data.
    if (this.home.full || (listener.policy.complete?.(listener) ?? 'now') !== 'now') return true;
    const path = this.path(id, listener.scope, packet);
    if (typeof path === 'string') return true;
    counters.cookiesReturned++;
    counters.passiveOpens++;
    listener.halfOpen++;
    this.home.makePassive(id, path, listener).recall(syn, segment, cookies.stampOffset(id));
    return true;
  }

  /** What is made of a cookie goes on with the flow label of its SYN-ACK (RFC 4987 section 4). */
  private path(id: ConnectionId, scope: Scope, packet: Packet): Path | NoPath {
    const { remoteAddress, remotePort, localAddress, localPort } = id;
    const flow = (localPort << 16) | remotePort;
    const choices = answering({ ...pathChoices(scope), flow }, this.home, packet);
    return this.home.findPath(remoteAddress, localAddress, choices);
  }

  private admission(listener: Listener): Admission {
    return this.home.full ? 'ignore' : listener.policy.admit(listener);
  }

  private accept(listener: Listener, packet: Packet, segment: Segment, after: number | undefined): void {
    const { counters } = this.home;
    const id = idOf(packet, segment);
    const path = this.path(id, listener.scope, packet);
    if (typeof path === 'string') return;
    const grant = this.grant(listener, id, segment);
    if (grant?.accept === true) counters.fastOpens++;
    counters.passiveOpens++;
    listener.halfOpen++;
    this.home.makePassive(id, path, listener).accept(segment, after, grant);
  }

  /** What fast open says to a SYN; null where this listener takes no part. */
  private grant(listener: Listener, id: ConnectionId, segment: Segment): FastOpenGrant | null {
    // Beyond the limit not even cookies are looked at (RFC 7413 section 4.2.2).
    if (segment.cookieLength < 0 && segment.length === 0) return null;
    if (!listener.mayOpenFast(this.home.host.turn.now)) return null;
    const policy = listener.scope.get(TCP_FASTOPEN);
    return policy.grant(id.localAddress, id.remoteAddress, segment.readCookie(), segment.length > 0);
  }

  /** The SYN-ACK of a connection that there is not yet. */
  private sendCookie(listener: Listener, packet: Packet, segment: Segment): void {
    const { host, counters } = this.home;
    const { settings, scope } = listener;
    const id = idOf(packet, segment);
    const path = this.path(id, scope, packet);
    if (typeof path === 'string') return;
    let behaviour = this.behaviours.get(scope);
    if (behaviour === undefined) {
      behaviour = scope.get(TCP_BEHAVIOUR);
      this.behaviours.set(scope, behaviour);
    }
    const { now } = host.turn;
    const cookies = synCookies(host);
    const transmitter = new Transmitter(host, id, path, behaviour.options, scope);
    transmitter.authenticator = this.home.guard.authenticator(scope, packet, segment);
    if (transmitter.authenticator !== null) verify(transmitter.authenticator, packet, segment);
    const { facts } = transmitter;
    facts.mss = settings.mss || path.mtu - path.headerSize - 20;
    const plain = transmitter.authenticator?.withoutTimestamps !== true;
    facts.timestamps = settings.timestamps && segment.hasTimestamp && plain;
    const scale = facts.timestamps && settings.windowScaling && segment.windowScale >= 0;
    const ecn = answerOfNobody(segment, behaviour.ecn, facts.timestamps);
    facts.windowScale = scale ? offeredScale(settings, behaviour.window) : -1;
    facts.sackPermitted = facts.timestamps && settings.sack && segment.sackPermitted;
    facts.tsVal = cookies.stamp(id, segment, scale, settings.sack, ecn === ECE, now);
    facts.tsEcr = segment.tsVal;
    const flags = SYN | ACK | ecn;
    const window = behaviour.window.initial(settings.receiveBuffer, facts.mss - (facts.timestamps ? 12 : 0));
    const iss = cookies.sequence(id, segment, now);
    transmitter.send('synack', flags, iss, seqAdd(segment.seq, 1), window, null, 0, 0, WHY.synCookie);
    listener.cookieAt = now;
    counters.cookiesSent++;
  }
}

/** The connection that a received segment belongs to, as this end calls it. */
export function idOf({ view, sourceAt, destinationAt, addressLength }: Packet, segment: Segment): ConnectionId {
  return {
    localAddress: IpAddress.read(view, destinationAt, addressLength),
    localPort: segment.destinationPort,
    remoteAddress: IpAddress.read(view, sourceAt, addressLength),
    remotePort: segment.sourcePort,
  };
}
