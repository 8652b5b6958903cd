import type { AsyncResource } from 'node:async_hooks';
import { domainToASCII } from 'node:url';
import { IpAddress } from '@netwright/core';
import { type NameServer, nameProblem, reverseName } from '@netwright/layers';
import { errno } from '../dgram/errno.js';
import { requestScope } from '../handle/scope.js';
import { type Answer, QUERIES, type QueryType, readAnswer } from './answer.js';
import type { LookupHome } from './home.js';
import { namesInHostsFile } from './hosts-file.js';
import { type Patience, Question } from './question.js';

/** Node's request: a QueryReqWrap. */
export interface QueryRequest {
  oncomplete?: (error: number | string, result?: unknown, ttls?: readonly number[]) => void;
}

/** `process.binding('cares_wrap').ChannelWrap`: the channel of c-ares. */
export type NativeChannel = {
  getServers(): [string, number][];
  setServers(servers: readonly [number, string, number][]): number;
  setLocalAddress(ipv4: string, ipv6: string | undefined): void;
  cancel(): void;
} & Record<QueryMethod, (request: QueryRequest, name: string) => number>;

/** What a channel is asked by. */
export type QueryMethod = keyof typeof QUERIES | 'getHostByAddr';

/** Says that servers cannot be changed while questions are under way. */
const PENDING = -1000;
/** c-ares' own patience: 2 s, four times. */
const TIMEOUT = 2000;
const TRIES = 4;

interface Pending {
  readonly question: Question;
  cancel(): void;
}

/**
 * What `ChannelWrap` is to Node's dns.js: questions to servers of names, over a stack. Where names are the host's and a
 * program has named no servers, or servers that the stack does not reach, c-ares asks in its place.
 */
export class LookupChannel {
  readonly #home: LookupHome;
  readonly #native: NativeChannel;
  readonly #patience: Patience;
  readonly #pending = new Set<Pending>();
  /** Servers that the program has named; null while it has named none. */
  #servers: NameServer[] | null = null;

  constructor(home: LookupHome, native: NativeChannel, timeout = -1, tries = TRIES, maxTimeout = 0) {
    this.#home = home;
    this.#native = native;
    this.#patience = { timeout: timeout < 0 ? TIMEOUT : timeout, tries, maxTimeout };
  }

  query(method: keyof typeof QUERIES, request: QueryRequest, name: string): number {
    const servers = this.#own();
    if (servers === null) return this.#native[method](request, name);
    this.#ask(request, ascii(name), QUERIES[method], servers);
    return 0;
  }

  getHostByAddr(request: QueryRequest, text: string): number {
    const address = IpAddress.parse(text);
    if (address === undefined) return errno('EINVAL');
    const servers = this.#own();
    if (servers === null) return this.#native.getHostByAddr(request, text);
    const known = this.#namesOf(address);
    if (known.length > 0) this.#tell(request, { error: null, result: known }, this.#begin(request));
    else this.#ask(request, reverseName(address), 'PTR', servers);
    return 0;
  }

  getServers(): [string, number][] {
    const servers = this.#own();
    return servers === null ? this.#native.getServers() : servers.map((each) => [`${each.address}`, each.port]);
  }

  setServers(servers: readonly [number, string, number][]): number {
    if (this.#pending.size > 0) return PENDING;
    const named = servers.map(([, text, port]) => ({ address: IpAddress.parse(text) as IpAddress, port }));
    const { names, household, udp } = this.#home;
    const reached = named.every((each) => {
      const path = udp.findPath(household.families.toStack(each.address));
      return typeof path !== 'string';
    });
    this.#servers = names === 'stack' || reached ? named : null;
    return this.#servers === null ? this.#native.setServers(servers) : 0;
  }

  setLocalAddress(ipv4: string, ipv6: string | undefined): void {
    // Node's own checks; a stack chooses its source by its routes.
    this.#native.setLocalAddress(ipv4, ipv6);
  }

  cancel(): void {
    this.#native.cancel();
    for (const each of [...this.#pending]) each.cancel();
  }

  /** The servers that are asked over the stack; null where c-ares asks. */
  #own(): readonly NameServer[] | null {
    if (this.#servers !== null) return this.#servers;
    return this.#home.names === 'stack' ? (this.#home.dns?.servers ?? []) : null;
  }

  #namesOf(address: IpAddress): readonly string[] {
    const { names, dns } = this.#home;
    if (names === 'host') return namesInHostsFile(address);
    const known = dns?.namesOf(address) ?? [];
    return known.length === 0 && address.isLoopback ? ['localhost'] : known;
  }

  #ask(request: QueryRequest, name: string, type: QueryType, servers: readonly NameServer[]): void {
    const problem = problemOf(name, servers);
    if (problem !== null) {
      this.#tell(request, { error: problem }, this.#begin(request));
      return;
    }
    const { household, udp, tcp } = this.#home;
    const stackServers = servers.map(({ address, port }) => ({ address: household.families.toStack(address), port }));
    const context = this.#begin(request);
    const finish = (answer: Answer) => {
      this.#pending.delete(pending);
      this.#tell(request, answer, context);
    };
    const net = { host: household.stack.host, udp, tcp };
    const question = new Question(net, stackServers, name, type, this.#patience, (message, code) =>
      finish(message === null ? { error: code } : readAnswer(message, name, type)),
    );
    const pending: Pending = {
      question,
      cancel: () => {
        question.cancel();
        finish({ error: 'ECANCELLED' });
      },
    };
    this.#pending.add(pending);
    question.start();
  }

  #begin(request: QueryRequest): AsyncResource {
    this.#home.household.awake.hold();
    return requestScope('QUERYWRAP', request);
  }

  /** The program waits from the question on until it has been told. */
  #tell(request: QueryRequest, answer: Answer, context: AsyncResource): void {
    const complete = () => {
      if (answer.error !== null) request.oncomplete?.(answer.error);
      else if (answer.ttls === undefined) request.oncomplete?.(0, answer.result);
      else request.oncomplete?.(0, answer.result, answer.ttls);
    };
    const { rounds, awake } = this.#home.household;
    rounds.tell(() => {
      awake.release();
      try {
        context.runInAsyncScope(complete);
      } finally {
        context.emitDestroy();
      }
    });
  }
}

/** What c-ares says of a question before it asks it. */
function problemOf(name: string, servers: readonly NameServer[]): string | null {
  if (name !== '' && nameProblem(name) !== null) return 'EBADNAME';
  // RFC 7686 section 2: such names are nobody's business.
  if (/(^|\.)onion\.?$/.test(name)) return 'ENOTFOUND';
  return servers.length === 0 ? 'ECONNREFUSED' : null;
}

function ascii(name: string): string {
  // Not every name of the DNS is a host's: what is ASCII stays as it is, _sip._tcp among them.
  const plain = /[^\x20-\x7e]/.test(name) ? domainToASCII(name) : name.toLowerCase();
  return plain.replace(/\.$/, '');
}
