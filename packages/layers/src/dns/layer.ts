import {
  type Fields,
  HOST,
  type Host,
  IpAddress,
  Layer,
  layer,
  type NetwrightError,
  type Packet,
  type Random,
} from '@netwright/core';
import { inject } from 'inversify';
import { fail } from '../errors.js';
import { carriesDatagrams, type Datagrams } from '../ip/datagrams.js';
import { type Destination, sortDestinations } from '../ip/destinations.js';
import type { Family, NameResolver, Resolved } from '../ip/names.js';
import { isNetwork, type Network } from '../ip/network.js';
import { DEFAULT_POLICIES, PolicyTable } from '../ip/policy-table.js';
import type { NameServer } from './attempt.js';
import { DnsCache } from './cache.js';
import { canonical, type DnsRecord } from './codec.js';
import { DnsConnections } from './connection.js';
import { candidates, Hosts, nameProblem, reverseName } from './name.js';
import { MAX_ALIASES, type Outcome } from './outcome.js';
import { DnsQuery, type QueryWorld } from './query.js';
import { DNS_OPTIONS, type DnsOptions, type DnsSettings, dnsSettings } from './settings.js';
import { carriesStreams, type StreamConnector } from './stream.js';

/** Gets the records of a question; none where there is an error. */
export type Found = (error: NetwrightError | null, records: readonly DnsRecord[]) => void;

type Told = (outcome: Outcome) => void;

/**
 * Looks names up (RFC 1034, 1035): in its hosts, its cache, then at servers, over UDP, and over TCP where an answer
 * does not fit and the stack has TCP. It is a stub resolver: the servers it asks must resolve for others.
 */
@layer({ name: 'dns', over: [{ layer: 'udp' }, { layer: 'tcp' }] })
export class Dns extends Layer implements NameResolver, QueryWorld {
  readonly counters = {
    questions: 0,
    fromCache: 0,
    sent: 0,
    overStream: 0,
    /** Messages that answered no question of ours: forged, or late. */
    ignored: 0,
    timeouts: 0,
  };
  readonly settings: DnsSettings;
  readonly random: Random;
  readonly servers: readonly NameServer[];
  readonly cache: DnsCache;
  readonly connections: DnsConnections;
  udp: Datagrams | null = null;
  tcp: StreamConnector | null = null;

  private readonly hosts: Hosts;
  /** Who waits for the same answer, by question; bounded by `maxQueries`. */
  private readonly waiting = new Map<string, Told[]>();
  private readonly queries = new Set<DnsQuery>();
  private turnOf = 0;

  /** @throws what zod says of options that are not as they should be. */
  constructor(
    @inject(HOST) readonly host: Host,
    @inject(DNS_OPTIONS) options: DnsOptions = {},
  ) {
    super();
    this.settings = dnsSettings.parse(options);
    const { servers, hosts, cache, maxTtl, maxNegativeTtl } = this.settings;
    this.servers = servers.map((each) =>
      typeof each === 'string' ? nameServer(each, 53) : nameServer(each.address, each.port),
    );
    this.hosts = new Hosts(hosts);
    this.cache = new DnsCache(cache, maxTtl, maxNegativeTtl);
    this.random = host.random.fork('dns');
    this.connections = new DnsConnections({ idle: this.settings.idle, timer: (action) => host.timer(action) });
    host.counters.set(this.name, this.counters);
  }

  override attached(lower: Layer): void {
    if (carriesDatagrams(lower)) this.udp = lower;
    else if (carriesStreams(lower)) this.tcp = lower;
  }

  /** Nothing comes this way: it opens sockets. */
  override receive(packet: Packet): void {
    packet.release();
  }

  /** Gives up what is under way: who waits is told ECANCELLED. */
  override stop(): void {
    for (const query of this.queries) query.cancel();
    this.queries.clear();
    this.connections.clear();
    const waiting = [...this.waiting.values()].flat();
    this.waiting.clear();
    this.cache.clear();
    for (const told of waiting) told({ kind: 'failed', why: CANCELLED });
  }

  override inspect(): Fields {
    return { 'held.queries': this.queries.size, 'held.connections': this.connections.size };
  }

  /**
   * The address of a host, the best of them. An address is given back as it is.
   * @throws EBADNAME, ENOTFOUND, ETIMEOUT, ESERVFAIL, ENOBUFS, ECANCELLED
   */
  async lookup(name: string, options: { family?: Family } = {}): Promise<IpAddress> {
    return (await this.lookupAll(name, options))[0];
  }

  /** As `lookup`: all its addresses. */
  lookupAll(name: string, { family = 0 }: { family?: Family } = {}): Promise<readonly IpAddress[]> {
    return new Promise((resolve, reject) =>
      this.resolve(name, family, (error, addresses) => (error === null ? resolve(addresses) : reject(error))),
    );
  }

  /** As `lookupAll`, for programs that do not await: `done` is called once, at once where the answer is known. */
  resolve(name: string, family: Family, done: Resolved): void {
    const literal = IpAddress.parse(name);
    const known = literal === undefined ? this.hosts.find(name) : [literal];
    if (known !== undefined) {
      const addresses = known.filter((each) => family === 0 || each.version === family);
      done(addresses.length === 0 ? fail('ENOTFOUND', { name }) : null, addresses);
      return;
    }
    const problem = nameProblem(name);
    if (problem !== null) {
      done(fail('EBADNAME', { name, problem }), []);
      return;
    }
    const full = candidates(name, this.settings.search, this.settings.dots);
    const types = family === 4 ? ['A'] : family === 6 ? ['AAAA'] : this.preferred();
    // A stack that speaks one version asks for the other only where there is nothing else.
    if (family === 0 && this.versions().length === 2) this.host.turn.run(() => this.resolveBoth(name, full, 0, done));
    else this.host.turn.run(() => this.resolveFirst(name, full, types, done));
  }

  /** The addresses of the first name and type that has any. */
  private resolveFirst(name: string, full: readonly string[], types: readonly string[], done: Resolved): void {
    const questions = full.flatMap((each) => types.map((type) => ({ name: each, type })));
    const next = (at: number) => {
      if (at === questions.length) {
        done(fail('ENOTFOUND', { name }), []);
        return;
      }
      const question = questions[at];
      this.ask(question.name, question.type, (outcome) => {
        if (outcome.kind === 'answer') {
          const addresses = addressesOf(outcome.records, question.type);
          if (addresses.length > 0) done(null, addresses);
          else next(at + 1);
        } else if (outcome.kind === 'nodata' || outcome.kind === 'nxdomain') next(at + 1);
        else done(this.errorOf(outcome, name, question.type), []);
      });
    };
    next(0);
  }

  /** The addresses of both versions of the first name that has any, the ones to try first in front. */
  private resolveBoth(name: string, full: readonly string[], at: number, done: Resolved): void {
    if (at === full.length) {
      done(fail('ENOTFOUND', { name }), []);
      return;
    }
    const found = new Map<string, IpAddress[]>();
    let failed: NetwrightError | null = null;
    const types = this.preferred();
    for (const type of types) {
      this.ask(full[at], type, (outcome) => {
        found.set(type, outcome.kind === 'answer' ? addressesOf(outcome.records, type) : []);
        if (!['answer', 'nodata', 'nxdomain'].includes(outcome.kind)) failed ??= this.errorOf(outcome, name, type);
        if (found.size < types.length) return;
        const addresses = this.sorted(types.flatMap((each) => found.get(each) ?? []));
        if (addresses.length > 0) done(null, addresses);
        else if (failed !== null) done(failed, []);
        else this.resolveBoth(name, full, at + 1, done);
      });
    }
  }

  /** Those that there is a way to come first; where `order` says so, all the rules of RFC 6724 section 6 are obeyed. */
  private sorted(addresses: readonly IpAddress[]): IpAddress[] {
    const destinations = addresses.map((each) => this.destinationOf(each));
    if (this.settings.order === 'rfc6724') return sortDestinations(destinations, this.policies());
    const [near, far] = [true, false].map((way) => destinations.filter(({ source }) => (source !== null) === way));
    return [...near, ...far].map(({ address }) => address);
  }

  private destinationOf(address: IpAddress): Destination {
    const network = this.networks().find((each) => each.version === address.version);
    const path = network?.path(address);
    if (path === undefined || typeof path === 'string') return { address, source: null, deprecated: false };
    return { address, source: path.source, deprecated: network?.isDeprecated?.(path.source) === true };
  }

  private policies(): PolicyTable {
    return this.networks().find((each) => each.policies !== undefined)?.policies ?? new PolicyTable(DEFAULT_POLICIES);
  }

  /** One of the addresses of the network that leads to a server, drawn: one more thing to guess (RFC 5452 section 9.2). */
  sourceFor({ address }: NameServer): IpAddress | undefined {
    const path = this.networks()
      .find((each) => each.version === address.version)
      ?.path(address);
    if (path === undefined || typeof path === 'string' || path.local) return undefined;
    const home = path.interface.addresses.find((each) => each.address.equals(path.source));
    const others = path.interface.addresses.filter(
      (each) => each.prefix === home?.prefix && each.contains(path.source) && !each.address.equals(path.source),
    );
    return others.length === 0
      ? undefined
      : [path.source, ...others.map((each) => each.address)][this.random.uint32() % (others.length + 1)];
  }

  private networks(): Network[] {
    return (this.udp?.below ?? []).filter(isNetwork);
  }

  private versions(): number[] {
    return this.networks().map(({ version }) => version);
  }

  /**
   * The records of a name, of any type that the codec knows: 'MX', 'TXT', 'SRV', …
   * @throws as `lookup`, and ENODATA
   */
  query(name: string, type: string): Promise<readonly DnsRecord[]> {
    return new Promise((resolve, reject) =>
      this.find(name, type, (error, records) => (error === null ? resolve(records) : reject(error))),
    );
  }

  /** As `query`, for programs that do not await. */
  find(name: string, type: string, done: Found): void {
    const problem = nameProblem(name);
    if (problem !== null) {
      done(fail('EBADNAME', { name, problem }), []);
      return;
    }
    const kind = type.toUpperCase();
    this.host.turn.run(() =>
      this.ask(canonical(name), kind, (outcome) => {
        if (outcome.kind !== 'answer') done(this.errorOf(outcome, name, kind), []);
        else done(null, kind === 'ANY' ? outcome.records : outcome.records.filter((each) => each.type === kind));
      }),
    );
  }

  /** The names of an address that need no server: those of its hosts. */
  namesOf(address: IpAddress): readonly string[] {
    return this.hosts.namesOf(address);
  }

  /** The names of an address. @throws as `query` */
  async reverse(address: IpAddress): Promise<readonly string[]> {
    const known = this.namesOf(address);
    if (known.length > 0) return known;
    return (await this.query(reverseName(address), 'PTR')).map((each) => String(each.data));
  }

  /** One question: those who ask the same meanwhile share the answer. */
  private ask(name: string, type: string, told: Told): void {
    this.counters.questions++;
    const known = this.cache.get(name, type, this.host.turn.now);
    if (known !== undefined) {
      this.counters.fromCache++;
      told(known);
      return;
    }
    const key = `${type} ${name}`;
    const others = this.waiting.get(key);
    if (others !== undefined) {
      others.push(told);
      return;
    }
    if (this.servers.length === 0) told({ kind: 'failed', why: 'no server is configured' });
    else if (this.waiting.size >= this.settings.maxQueries) told({ kind: 'failed', why: TOO_MANY });
    else {
      this.waiting.set(key, [told]);
      this.chase(name, type, 0, (outcome) => {
        const waiters = this.waiting.get(key) ?? [];
        this.waiting.delete(key);
        this.cache.put(name, type, outcome, this.host.turn.now);
        for (const each of waiters) this.tell(each, outcome);
      });
    }
  }

  /** Asks for a name, and for what it is an alias of (RFC 1034 section 3.6.2), as often as it must. */
  private chase(name: string, type: string, aliases: number, told: Told): void {
    const known = aliases === 0 ? undefined : this.cache.get(name, type, this.host.turn.now);
    const heard = (outcome: Outcome) => {
      if (outcome.kind !== 'alias') told(outcome);
      else if (aliases === MAX_ALIASES) told({ kind: 'failed', why: 'it is an alias without end' });
      else {
        this.chase(outcome.target, type, aliases + 1, (end) => {
          if (end.kind !== 'answer') told(end);
          else {
            const ttl = Math.min(outcome.ttl, end.ttl);
            told({ kind: 'answer', records: [...outcome.records, ...end.records], ttl });
          }
        });
      }
    };
    if (known !== undefined) {
      heard(known);
      return;
    }
    const first = this.settings.rotate ? this.turnOf++ % this.servers.length : 0;
    const query = new DnsQuery(this, { name, type }, first, (outcome) => {
      this.queries.delete(query);
      heard(outcome);
    });
    this.queries.add(query);
    query.start();
  }

  private tell(told: Told, outcome: Outcome): void {
    try {
      told(outcome);
    } catch (error) {
      this.host.fault(error);
    }
  }

  private preferred(): string[] {
    return this.settings.order === 'ipv4' ? ['A', 'AAAA'] : ['AAAA', 'A'];
  }

  private errorOf(outcome: Outcome, name: string, type: string): NetwrightError {
    if (outcome.kind === 'nxdomain') return fail('ENOTFOUND', { name });
    if (outcome.kind === 'nodata') return fail('ENODATA', { name, type });
    if (outcome.kind === 'timeout') {
      const { timeout, attempts } = this.settings;
      return fail('ETIMEOUT', { name, ms: this.servers.length * timeout * (2 ** attempts - 1) });
    }
    const why = outcome.kind === 'failed' ? outcome.why : outcome.kind;
    if (why === CANCELLED) return fail('ECANCELLED', { what: `The look-up of "${name}"` });
    if (why === TOO_MANY) return fail('ENOBUFS', { what: `${this.settings.maxQueries} questions to name servers` });
    return fail('ESERVFAIL', { name, why });
  }
}

const CANCELLED = 'the stack stopped';
const TOO_MANY = 'too many questions';

function nameServer(text: string, port: number): NameServer {
  const address = IpAddress.parse(text);
  if (address === undefined)
    throw fail('EINVAL', { problem: `"${text}" is not an address`, expected: 'Name servers are given by address.' });
  return { address, port };
}

/** Records whose data is no address are the server's mistake. */
function addressesOf(records: readonly DnsRecord[], type: string): IpAddress[] {
  return records
    .filter((each) => each.type === type)
    .map((each) => IpAddress.parse(String(each.data)))
    .filter((each) => each !== undefined);
}
