import {
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
import { type ControlledNetwork, type ErrorReporter, isControlledNetwork } from '../ip/control.js';
import type { NetworkError, Path, Transport } from '../ip/network.js';
import { type PingOptions, type PingResult, Pings } from '../ip/ping.js';
import { TokenBucket } from '../ip/rate.js';
import { IPV4, IPV4_SIZE, Protocol } from '../ipv4/header.js';
import { ICMP, ICMP_SIZE, IcmpType, isIcmpError, sealIcmp, writeIcmp } from './header.js';
import { errorKind } from './kinds.js';
import { readQuote } from './quote.js';
import { errorReason, ICMP_ECHO, ICMP_ECHO_REPLY } from './reasons.js';
import { ICMP_OPTIONS, type IcmpOptions, type IcmpSettings, icmpSettings } from './settings.js';

/** Paths to those who were answered last. */
const PATHS = 64;
/** The largest echo data: a datagram of 65535 bytes without both headers. */
const LARGEST_ECHO = 65535 - IPV4_SIZE - ICMP_SIZE;

/**
 * ICMP (RFC 792, RFC 1122 section 3.2.2): answers and sends echo requests, tells senders about packets that could not
 * be taken, and passes what others tell on to the transport whose packet it is about.
 */
@layer({ name: 'icmp', over: [{ layer: 'ipv4', key: Protocol.Icmp }] })
export class Icmp extends Layer implements Transport, ErrorReporter {
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
    redirects: 0,
    /** Redirects that are not believed: not from the gateway in use, or to none on the link. */
    redirectsRefused: 0,
    /** Source quench (RFC 6633: to be ignored), and types that are not known. */
    ignored: 0,
    errorsSent: 0,
    /** Errors that a rule of RFC 1122 section 3.2.2 forbids. */
    errorsForbidden: 0,
    errorsLimited: 0,
    unsent: 0,
  };
  private readonly settings: IcmpSettings;
  private readonly bucket: TokenBucket;
  /** One a minute in the log, five at once. */
  private readonly quenchLog = new TokenBucket(1 / 60_000, 5);
  private readonly pings: Pings;
  private readonly identifier: number;
  private readonly paths = new Map<number, Path>();
  private network: ControlledNetwork | null = null;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ICMP_OPTIONS) options: IcmpOptions = {},
    @inject(SCOPE) private readonly scope: Scope | null = null,
  ) {
    super();
    this.settings = icmpSettings.parse(options);
    this.bucket = new TokenBucket(this.settings.rate, this.settings.burst);
    this.pings = new Pings(host, this.settings.pings);
    this.identifier = host.random.fork('icmp').uint32() & 0xffff;
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (isControlledNetwork(lower)) this.network = lower;
  }

  override stop(): void {
    this.pings.stop();
    this.paths.clear();
  }

  receive(packet: Packet): void {
    const { counters } = this;
    const { view, start } = packet;
    const length = packet.end - start;
    counters.received++;
    if (length < ICMP_SIZE) counters.tooShort++;
    else if (packet.pool.sum(start, length) !== 0xffff) counters.badChecksum++;
    else {
      const type = view.getUint8(start);
      if (type === IcmpType.Echo) {
        counters.echoRequests++;
        // RFC 1122 section 3.2.2.6 lets a host ignore a ping of everybody: its answers flood whoever it names.
        if (this.settings.echo && !packet.broadcast) {
          this.reply(packet);
          return;
        }
        counters.echoIgnored++;
      } else if (type === IcmpType.EchoReply) this.receiveReply(packet, length);
      else if (type === IcmpType.SourceQuench) this.discardQuench(packet);
      else if (!isIcmpError(type)) counters.ignored++;
      else if (type === IcmpType.Redirect) this.receiveRedirect(packet, length);
      else this.receiveError(packet, type, length);
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
      throw fail('EINVAL', { problem: `"${destination}" is no address`, expected: 'Write 10.0.0.1.' });
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
    const ours = view.getUint8(at) === IcmpType.Echo && view.getUint16(at + ICMP.identifier) === this.identifier;
    return ours && this.pings.waitsFor(view.getUint16(at + ICMP.sequence), destination);
  }

  networkError(error: NetworkError): void {
    this.pings.failed(error.view.getUint16(error.at + ICMP.sequence), error);
  }

  report(packet: Packet, type: number, code: number, rest = 0): void {
    const { network, counters } = this;
    if (network === null || !this.settings.errors) return;
    if (!this.mayReport(packet, network)) {
      counters.errorsForbidden++;
      return;
    }
    if (!this.bucket.take(this.host.turn.now)) {
      counters.errorsLimited++;
      return;
    }
    const { view } = packet;
    const quoted = Math.min(packet.end - packet.network, this.settings.quote);
    const error = this.host.pool.take(ICMP_SIZE + quoted);
    if (error === null) {
      counters.unsent++;
      return;
    }
    const at = error.append(ICMP_SIZE + quoted);
    writeIcmp(error.view, at, { type, code, rest });
    error.bytes.set(packet.bytes.subarray(packet.network, packet.network + quoted), at + ICMP_SIZE);
    sealIcmp(error.view, at, ICMP_SIZE + quoted, error.pool.sum);
    error.reason = errorReason(type, code);
    counters.errorsSent++;
    const sender = IpAddress.read(view, packet.network + IPV4.source, 4);
    this.send(error, sender, IpAddress.read(view, packet.network + IPV4.destination, 4));
  }

  /** RFC 1122 section 3.2.2: never about an error, a packet for many, one from nobody in particular, or a later fragment. */
  private mayReport(packet: Packet, network: ControlledNetwork): boolean {
    const { view, network: at } = packet;
    if (packet.broadcast) return false;
    if ((view.getUint16(at + IPV4.fragment) & 0x1fff) !== 0) return false;
    const source = IpAddress.read(view, at + IPV4.source, 4);
    if (source.isAny || network.isBroadcast(source)) return false;
    if (network.isBroadcast(IpAddress.read(view, at + IPV4.destination, 4))) return false;
    if (view.getUint8(at + IPV4.protocol) !== Protocol.Icmp) return true;
    const transport = at + ((view.getUint8(at) & 15) << 2);
    // Without its type it might be an error: silence is safe.
    return transport < packet.end && !isIcmpError(view.getUint8(transport));
  }

  /** Turns the request into its reply, in place. */
  private reply(packet: Packet): void {
    const { view, start } = packet;
    const asker = IpAddress.read(view, packet.sourceAt, 4);
    const asked = IpAddress.read(view, packet.destinationAt, 4);
    const options =
      packet.transport - packet.network > IPV4_SIZE ? this.network?.headerOptions?.echoed(packet) : undefined;
    view.setUint8(start, IcmpType.EchoReply);
    sealIcmp(view, start, packet.end - start, packet.pool.sum);
    packet.checksum = ChecksumState.Plain;
    packet.segmentSize = 0;
    packet.reason = ICMP_ECHO_REPLY;
    this.send(packet, asker, asked, options);
  }

  private receiveReply(packet: Packet, length: number): void {
    const { view, start } = packet;
    this.counters.echoReplies++;
    const ours = view.getUint16(start + ICMP.identifier) === this.identifier;
    const from = IpAddress.read(view, packet.sourceAt, 4);
    const sequence = view.getUint16(start + ICMP.sequence);
    const options = this.network?.headerOptions?.of(packet);
    if (!ours || !this.pings.answered(sequence, from, length - ICMP_SIZE, packet.hopLimit, options)) {
      this.counters.echoUnexpected++;
    }
  }

  /** Passes an error on to the transport that it is about. */
  private receiveError(packet: Packet, type: number, length: number): void {
    const { view, start } = packet;
    this.counters.errors++;
    const kind = errorKind(type, view.getUint8(start + ICMP.code));
    const error = kind === undefined ? null : readQuote(packet, kind, length);
    if (error === null || !this.tell(error, view, start + ICMP_SIZE)) this.counters.errorsUnfounded++;
  }

  private tell(error: NetworkError, view: DataView, quote: number): boolean {
    const protocol = view.getUint8(quote + IPV4.protocol);
    const length = view.getUint16(quote + IPV4.totalLength);
    return this.network?.failed(error, protocol, length, error.at - quote) === true;
  }

  /** RFC 6633 section 8: whoever sends one today means harm. A flood of them is not a flood in the log. */
  private discardQuench({ view, sourceAt, destinationAt }: Packet): void {
    this.counters.ignored++;
    const { clock, logger, turn } = this.host;
    if (!this.quenchLog.take(turn.now)) return;
    const [source, destination] = [sourceAt, destinationAt].map((at) => `${IpAddress.read(view, at, 4)}`);
    logger.warn('a source quench was discarded', { source, destination, type: 4, at: clock.epoch + turn.now });
  }

  /** RFC 1122 section 3.2.2.2: the four codes (for a network or a host, with or without a type of service) are one. */
  private receiveRedirect(packet: Packet, length: number): void {
    const { view, start } = packet;
    this.counters.redirects++;
    const told = view.getUint8(start + ICMP.code) > 3 ? null : readQuote(packet, 'redirect', length);
    const target = IpAddress.read(view, start + ICMP.rest, 4);
    const protocol = told === null ? 0 : view.getUint8(start + ICMP_SIZE + IPV4.protocol);
    const via = packet.interface;
    if (told === null || via === null || this.network?.redirected?.(told, target, via, protocol) !== true)
      this.counters.redirectsRefused++;
  }

  private request(to: IpAddress, size: number, options: PingOptions, done: (result: PingResult) => void): void {
    const { network } = this;
    if (network === null) throw fail('LAYER_NOT_ATTACHED', { layer: this.name, lower: 'ipv4' });
    const hops = options.ttl;
    const ttl = hops === undefined ? undefined : { ttl: () => hops };
    const path = network.path(to, { source: options.source, ttl, headerOptions: options.headerOptions });
    const sequence = this.pings.next();
    const packet = sequence === null || typeof path === 'string' ? null : this.host.pool.take(ICMP_SIZE + size);
    if (sequence === null || typeof path === 'string' || packet === null) {
      const why = sequence === null ? 'busy' : typeof path === 'string' ? path : 'no-memory';
      done({ ok: false, sequence: sequence ?? -1, why });
      return;
    }
    if (options.dontFragment === true && path.headerSize + ICMP_SIZE + size > path.mtu) {
      packet.release();
      done({ ok: false, sequence, why: 'fragmentation-needed' });
      return;
    }
    const at = packet.append(ICMP_SIZE + size);
    writeIcmp(packet.view, at, { type: IcmpType.Echo, code: 0, rest: this.identifier * 0x10000 + sequence });
    for (let i = 0; i < size; i++) packet.bytes[at + ICMP_SIZE + i] = i & 0xff;
    sealIcmp(packet.view, at, ICMP_SIZE + size, packet.pool.sum);
    packet.reason = ICMP_ECHO;
    packet.decider = this.scope;
    this.pings.expect(sequence, to, network.isBroadcast(to), options.timeout ?? 1000, done);
    network.send(packet, path, Protocol.Icmp, options.dontFragment ?? false);
  }

  /** Sends a finished message to `to`, from `from` where that is an address of ours. */
  private send(packet: Packet, to: IpAddress, from: IpAddress, headerOptions?: Uint8Array): void {
    const network = this.network as ControlledNetwork;
    packet.decider = this.scope;
    packet.broadcast = false;
    const path = this.pathTo(to, network.isLocal(from) ? from : undefined, network, headerOptions);
    if (path === null) {
      this.counters.unsent++;
      packet.release();
      return;
    }
    network.send(packet, path, Protocol.Icmp);
  }

  private pathTo(
    to: IpAddress,
    from: IpAddress | undefined,
    network: ControlledNetwork,
    headerOptions?: Uint8Array,
  ): Path | null {
    const known = headerOptions === undefined ? this.paths.get(to.d) : undefined;
    if (known !== undefined && (from === undefined || known.source.equals(from))) return known;
    const path = network.path(to, { source: from, headerOptions });
    if (typeof path === 'string') return null;
    if (headerOptions !== undefined) return path;
    if (this.paths.size >= PATHS) this.paths.clear();
    this.paths.set(to.d, path);
    return path;
  }
}
