import type { Host, Packet, Reason, Scope } from '@netwright/core';
import type { NetworkError, Path } from '../../ip/network.js';
import { ACK, RST } from '../header.js';
import { idOf } from '../open/passive-opens.js';
import { MALFORMED_SIGNATURE } from '../segment/options.js';
import type { Segment } from '../segment/segment.js';
import { Transmitter } from '../send/transmitter.js';
import { seqAdd } from '../sequence.js';
import type { TcpSession } from '../session.js';
import { State } from '../state.js';
import { TCP_AUTHENTICATION, TCP_OPTIONS } from '../tokens.js';
import { type Authentication, type Authenticator, NO_AUTHENTICATION } from './authentication.js';

/** Lets segments in: what is signed where nobody has a key, or not signed by the key there is, is not for anybody. */
export class Guard {
  /** Resolved once a scope: a flood must not ask the container. */
  private readonly resolved = new WeakMap<Scope, Authentication>();

  constructor(
    private readonly host: Host,
    private readonly counters: { unauthentic: number },
  ) {}

  /** Whether `segment` of `packet` is what this connection takes. */
  admits({ transmitter, behaviour }: TcpSession, packet: Packet, segment: Segment): boolean {
    if (transmitter.authenticator === null && segment.authKind === 0) return true;
    return this.judge(behaviour.authentication, transmitter.authenticator, packet, segment);
  }

  /** The same for a segment that there is no connection for. */
  admitsNew(scope: Scope, packet: Packet, segment: Segment): boolean {
    const authentication = this.of(scope);
    if (authentication === NO_AUTHENTICATION) return true;
    return this.judge(authentication, authentication.authenticator(idOf(packet, segment)), packet, segment);
  }

  /** Who signs to the sender of `packet`, which no connection is there for; null for nobody. */
  authenticator(scope: Scope, packet: Packet, segment: Segment): Authenticator | null {
    const authentication = this.of(scope);
    return authentication === NO_AUTHENTICATION ? null : authentication.authenticator(idOf(packet, segment));
  }

  /**
   * Answers a segment that nobody wants by a signed reset where its sender has a key; by none where keys are a
   * connection's, of which nothing is known (RFC 5925 section 7.7).
   * @returns whether a reset was sent; null where the sender has no key.
   */
  refuse(packet: Packet, segment: Segment, path: Path, why: Reason, scope: Scope): boolean | null {
    const authenticator = this.authenticator(scope, packet, segment);
    if (authenticator === null) return null;
    if (!authenticator.stateless || (segment.flags & RST) !== 0) return false;
    const transmitter = new Transmitter(this.host, idOf(packet, segment), path, scope.get(TCP_OPTIONS), scope);
    transmitter.authenticator = authenticator;
    const acks = (segment.flags & ACK) !== 0;
    const ack = acks ? 0 : seqAdd(segment.seq, segment.sequenceLength);
    return transmitter.send('reset', acks ? RST : RST | ACK, acks ? segment.ack : 0, ack, 0, null, 0, 0, why);
  }

  private judge(by: Authentication, authenticator: Authenticator | null, packet: Packet, segment: Segment): boolean {
    const unsigned = segment.authKind === 0 || (by.refusesUnknown !== true && segment.authKind !== MALFORMED_SIGNATURE);
    if (authenticator === null ? unsigned : verify(authenticator, packet, segment)) return true;
    this.counters.unauthentic++;
    return false;
  }

  private of(scope: Scope): Authentication {
    let authentication = this.resolved.get(scope);
    if (authentication === undefined) {
      authentication = scope.get(TCP_AUTHENTICATION);
      this.resolved.set(scope, authentication);
    }
    return authentication;
  }
}

/**
 * Whether an ICMP error is believed: nobody signs them, so that signed connections do without (RFC 5925 section 7.8).
 * Too big over IPv6 is not among what it names.
 */
export function believes({ state, transmitter }: TcpSession, { kind, source }: NetworkError): boolean {
  if (transmitter.authenticator?.ignoresIcmp !== true || state === State.SynSent || state === State.SynReceived)
    return true;
  if (kind === 'fragmentation-needed' || kind === 'protocol-unreachable') return source.version !== 4;
  return kind !== 'port-unreachable' && (kind !== 'prohibited' || source.version === 4);
}

/** Whether a packet's segment was signed by who has the key. */
export function verify(authenticator: Authenticator, packet: Packet, segment: Segment): boolean {
  return authenticator.verify(segment, packet.view, packet.start, packet.end);
}
