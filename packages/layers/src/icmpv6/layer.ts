import {
  addSums,
  ChecksumState,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  type Packet,
  SCOPE,
  type Scope,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import {
  type ControlledNetwork,
  type ErrorReporter,
  isControlledNetwork,
  isMessageTaker,
  type MessageTaker,
} from '../ip/control.js';
import type { NetworkError, Path, Transport } from '../ip/network.js';
import { type PingOptions, type PingResult, Pings } from '../ip/ping.js';
import { TokenBucket } from '../ip/rate.js';
import { findPayload, IPV6, IPV6_LARGEST_PAYLOAD, IPV6_SIZE, NextHeader } from '../ipv6/header.js';
import { ICMPV6, ICMPV6_SIZE, Icmpv6Type, sealIcmpv6, writeIcmpv6 } from './header.js';
import { errorKind6 } from './kinds.js';
import { errorReason6, ICMPV6_ECHO, ICMPV6_ECHO_REPLY } from './reasons.js';
import { ICMPV6_OPTIONS, type Icmpv6Options, type Icmpv6Settings, icmpv6Settings } from './settings.js';

/** Paths to those who were answered last. */
const PATHS = 64;
/** The largest echo data. */
const LARGEST_ECHO = IPV6_LARGEST_PAYLOAD - ICMPV6_SIZE;

/**
 * ICMPv6 (RFC 4443): answers and sends echo requests, tells senders about packets that could not be taken, and passes
 * what others tell on to the transport whose packet it is about. Neighbour discovery is the ndp layer's.
 */
@layer({ name: 'icmpv6', over: [{ layer: 'ipv6', key: NextHeader.Icmpv6 }] })
export class Icmpv6 extends Layer implements Transport, ErrorReporter {
  readonly counters = {
    received: 0,
    tooShort: 0,
    badChecksum: 0,
    echoRequests: 0,
    /** Echo requests not answered: addressed to many, or echo is switched off. */
    echoIgnored: 0,
    echoReplies: 0,
    /** Echo replies that nobody waits for. */
    echoUnexpected: 0,
    errors: 0,
    /** Errors whose quote is not a packet of ours: forged, or for a program that is gone. */
    errorsUnfounded: 0,
    /** Types that are not known, or not ours to deal with. */
    ignored: 0,
    errorsSent: 0,
    /** Errors that a rule of RFC 4443 section 2.4 (e) forbids. */
    errorsForbidden: 0,
    errorsLimited: 0,
    unsent: 0,
  };
  private readonly settings: Icmpv6Settings;
  private readonly bucket: TokenBucket;
  private readonly pings: Pings;
  private readonly identifier: number;
  private readonly paths = new Map<string, Path>();
  /** The path that was used last: pings come in trains, and a key is made for others. */
  private last: Path | null = null;
  private network: ControlledNetwork | null = null;
  /** Takes the messages of multicast listeners. */
  private listeners: MessageTaker | null = null;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ICMPV6_OPTIONS) options: Icmpv6Options = {},
    @inject(SCOPE) private readonly scope: Scope | null = null,
  ) {
    super();
    this.settings = icmpv6Settings.parse(options);
    this.bucket = new TokenBucket(this.settings.rate, this.settings.burst);
    this.pings = new Pings(host, this.settings.pings);
    this.identifier = host.random.fork('icmpv6').uint32() & 0xffff;
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (isControlledNetwork(lower)) this.network = lower;
  }

  override registerLayer(upper: Layer): this {
    super.registerLayer(upper);
    this.listeners = this.above.find(isMessageTaker) ?? null;
    return this;
  }

  override stop(): void {
    this.pings.stop();
    this.paths.clear();
    this.last = null;
  }

  receive(packet: Packet): void {
    const { counters } = this;
    const { view, start, pool } = packet;
    const length = packet.end - start;
    counters.received++;
    if (length < ICMPV6_SIZE) counters.tooShort++;
    else if (addSums(addSums(pool.sum(packet.sourceAt, 32), 58 + length), pool.sum(start, length)) !== 0xffff)
      counters.badChecksum++;
    else {
      const type = view.getUint8(start);
      if (type === Icmpv6Type.Echo) {
        counters.echoRequests++;
        if (this.settings.echo && (!packet.broadcast || this.settings.echoGroups)) {
          this.reply(packet);
          return;
        }
        counters.echoIgnored++;
      } else if (type === Icmpv6Type.EchoReply) this.receiveReply(packet, length);
      else if (type >= 128) {
        if (this.listeners?.types.includes(type) === true) {
          this.listeners.receive(packet);
          return;
        }
        counters.ignored++;
      } else this.receiveError(packet, type, length);
    }
    packet.release();
  }

  /**
   * Sends one echo request.
   * @returns what became of it; it does not reject on what the network does.
   * @throws EINVAL for a destination that is no address, EMSGSIZE
   */
  ping(destination: IpAddress | string, options: PingOptions = {}): Promise<PingResult> {
    const to = typeof destination === 'string' ? IpAddress.parse(destination) : destination;
    if (to === undefined)
      throw fail('EINVAL', { problem: `"${destination}" is no address`, expected: 'Write fd00::1.' });
    const size = options.size ?? 56;
    if (size < 0 || size > LARGEST_ECHO) throw fail('EMSGSIZE', { size, limit: LARGEST_ECHO });
    return new Promise((resolve) => {
      const done = (result: PingResult) => {
        try {
          options.observe?.(result);
        } catch (error) {
          this.host.fault(error);
        }
        resolve(result);
      };
      this.host.turn.run(() => this.request(to, size, options, done));
    });
  }

  recognizes({ view, at, destination }: NetworkError): boolean {
    const ours = view.getUint8(at) === Icmpv6Type.Echo && view.getUint16(at + ICMPV6.identifier) === this.identifier;
    return ours && this.pings.waitsFor(view.getUint16(at + ICMPV6.sequence), destination);
  }

  networkError(error: NetworkError): void {
    this.pings.failed(error.view.getUint16(error.at + ICMPV6.sequence), error);
  }

  report(packet: Packet, type: number, code: number, rest = 0): void {
    const { network, counters } = this;
    if (network === null || !this.settings.errors) return;
    if (!this.mayReport(packet, type, code)) {
      counters.errorsForbidden++;
      return;
    }
    if (!this.bucket.take(this.host.turn.now)) {
      counters.errorsLimited++;
      return;
    }
    const { view, network: at } = packet;
    const quoted = Math.min(packet.end - at, this.settings.quote);
    const error = this.host.pool.take(ICMPV6_SIZE + quoted);
    if (error === null) {
      counters.unsent++;
      return;
    }
    const body = error.append(ICMPV6_SIZE + quoted);
    writeIcmpv6(error.view, body, { type, code, rest });
    error.bytes.set(packet.bytes.subarray(at, at + quoted), body + ICMPV6_SIZE);
    error.reason = errorReason6(type);
    counters.errorsSent++;
    this.send(error, IpAddress.read(view, at + IPV6.source, 16), IpAddress.read(view, at + IPV6.destination, 16));
  }

  /** RFC 4443 section 2.4 (e). */
  private mayReport(packet: Packet, type: number, code: number): boolean {
    const { view, network: at, end } = packet;
    const source = IpAddress.read(view, at + IPV6.source, 16);
    if (source.isAny || source.isMulticast) return false;
    // Groups have to learn path MTUs, too, and of options that ask to be told of (e.3).
    const many = type === Icmpv6Type.TooBig || (type === Icmpv6Type.ParameterProblem && code === 2);
    if (!many && (packet.broadcast || view.getUint8(at + IPV6.destination) === 0xff)) return false;
    const payload = findPayload(view, at, end);
    if (payload === null || payload.protocol !== NextHeader.Icmpv6 || !payload.first) return true;
    // Without its type it might be an error: silence is safe.
    if (payload.at >= end) return false;
    const about = view.getUint8(payload.at);
    return about >= 128 && about !== Icmpv6Type.Redirect;
  }

  /** Turns the request into its reply, in place. */
  private reply(packet: Packet): void {
    const { view, start } = packet;
    const asker = IpAddress.read(view, packet.sourceAt, 16);
    const asked = IpAddress.read(view, packet.destinationAt, 16);
    view.setUint8(start, Icmpv6Type.EchoReply);
    packet.checksum = ChecksumState.Plain;
    packet.segmentSize = 0;
    packet.reason = ICMPV6_ECHO_REPLY;
    this.send(packet, asker, asked);
  }

  private receiveReply(packet: Packet, length: number): void {
    const { view, start } = packet;
    this.counters.echoReplies++;
    const ours = view.getUint16(start + ICMPV6.identifier) === this.identifier;
    const from = IpAddress.read(view, packet.sourceAt, 16);
    const sequence = view.getUint16(start + ICMPV6.sequence);
    if (!ours || !this.pings.answered(sequence, from, length - ICMPV6_SIZE, packet.hopLimit)) {
      this.counters.echoUnexpected++;
    }
  }

  /** Checks the quote, and passes the error on to the transport that it is about. */
  private receiveError(packet: Packet, type: number, length: number): void {
    const { view, start, end } = packet;
    this.counters.errors++;
    const code = view.getUint8(start + ICMPV6.code);
    const kind = errorKind6(type, code);
    const quote = start + ICMPV6_SIZE;
    const whole = length - ICMPV6_SIZE >= IPV6_SIZE && view.getUint8(quote) >>> 4 === 6;
    const payload = whole ? findPayload(view, quote, end) : null;
    // The ports are in the first fragment alone, and a transport reads eight bytes.
    if (kind === undefined || packet.broadcast || payload?.first !== true || end - payload.at < 8) {
      this.counters.errorsUnfounded++;
      return;
    }
    const error: NetworkError = {
      kind,
      type,
      code,
      mtu: kind === 'fragmentation-needed' ? view.getUint32(start + ICMPV6.rest) : 0,
      from: IpAddress.read(view, packet.sourceAt, 16),
      source: IpAddress.read(view, quote + IPV6.source, 16),
      destination: IpAddress.read(view, quote + IPV6.destination, 16),
      view,
      at: payload.at,
      length: end - payload.at,
    };
    const totalLength = IPV6_SIZE + view.getUint16(quote + IPV6.payloadLength);
    if (this.network?.failed(error, payload.protocol, totalLength) !== true) this.counters.errorsUnfounded++;
  }

  private request(to: IpAddress, size: number, options: PingOptions, done: (result: PingResult) => void): void {
    const { network } = this;
    if (network === null) throw fail('LAYER_NOT_ATTACHED', { layer: this.name, lower: 'ipv6' });
    const hops = options.ttl;
    const ttl = hops === undefined ? undefined : { ttl: () => hops };
    const path = network.path(to, { source: options.source, ttl });
    const sequence = this.pings.next();
    const packet = sequence === null || typeof path === 'string' ? null : this.host.pool.take(ICMPV6_SIZE + size);
    if (sequence === null || typeof path === 'string' || packet === null) {
      const why = sequence === null ? 'busy' : typeof path === 'string' ? path : 'no-memory';
      done({ ok: false, sequence: sequence ?? -1, why });
      return;
    }
    if (options.dontFragment === true && path.headerSize + ICMPV6_SIZE + size > path.mtu) {
      packet.release();
      done({ ok: false, sequence, why: 'fragmentation-needed' });
      return;
    }
    const at = packet.append(ICMPV6_SIZE + size);
    writeIcmpv6(packet.view, at, { type: Icmpv6Type.Echo, code: 0, rest: this.identifier * 0x10000 + sequence });
    for (let i = 0; i < size; i++) packet.bytes[at + ICMPV6_SIZE + i] = i & 0xff;
    sealIcmpv6(packet.view, at, ICMPV6_SIZE + size, path.addressSum, packet.pool.sum);
    packet.reason = ICMPV6_ECHO;
    packet.decider = this.scope;
    this.pings.expect(sequence, to, network.isBroadcast(to), options.timeout ?? 1000, done);
    network.send(packet, path, NextHeader.Icmpv6, options.dontFragment ?? false);
  }

  /** Sums and sends a message to `to`, from `from` where that is an address of ours. */
  private send(packet: Packet, to: IpAddress, from: IpAddress): void {
    const network = this.network as ControlledNetwork;
    packet.decider = this.scope;
    packet.broadcast = false;
    const path = this.pathTo(to, network.isLocal(from) ? from : undefined, network);
    if (path === null) {
      this.counters.unsent++;
      packet.release();
      return;
    }
    sealIcmpv6(packet.view, packet.start, packet.end - packet.start, path.addressSum, packet.pool.sum);
    network.send(packet, path, NextHeader.Icmpv6);
  }

  private pathTo(to: IpAddress, from: IpAddress | undefined, network: ControlledNetwork): Path | null {
    const fits = (path: Path) => path.destination.equals(to) && (from === undefined || path.source.equals(from));
    if (this.last !== null && fits(this.last)) return this.last;
    const key = `${to}`;
    const known = this.paths.get(key);
    if (known !== undefined && fits(known)) {
      this.last = known;
      return known;
    }
    const path = network.path(to, { source: from });
    if (typeof path === 'string') return null;
    if (this.paths.size >= PATHS) this.paths.clear();
    this.paths.set(key, path);
    this.last = path;
    return path;
  }
}
