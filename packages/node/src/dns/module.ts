import nodeDns from 'node:dns';
import { isIP } from 'node:net';
import type { Stack } from '@netwright/core';
import { nativeBinding } from '../binding.js';
import { nameOf } from '../dgram/errno.js';
import { householdOf } from '../dgram/home.js';
import { AddressLookup, Order } from './address-lookup.js';
import { type LookupOptions, lookupHome } from './home.js';
import { type CaresBinding, lookupChannels } from './install.js';

type Callback = (error: NodeJS.ErrnoException | null, ...results: unknown[]) => void;

/** Node's dns, bound to one stack. */
export type DnsModule = typeof nodeDns;

/** The methods that the module has of its default resolver. */
const OF_RESOLVER = [
  'getServers',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTlsa',
  'resolveTxt',
  'reverse',
] as const;

/**
 * A module like `node:dns` whose questions go over the stack: its resolvers are Node's own, with a channel of ours.
 * @throws NODE_NO_UDP, NODE_BINDING_BLOCKED
 */
export function dns(stack: Stack, options: LookupOptions = {}): DnsModule {
  const home = lookupHome(householdOf(stack), options);
  const Channel = lookupChannels(home, nativeBinding<CaresBinding>('cares_wrap').ChannelWrap);
  const addresses = new AddressLookup(home);

  /** A class of resolvers whose channels are the stack's. */
  const over = <R extends new (...parameters: never[]) => object>(Resolver: R): R => {
    class StackResolver extends (Resolver as unknown as new (options?: nodeDns.ResolverOptions) => object) {
      constructor(how?: nodeDns.ResolverOptions) {
        super(how);
        const { timeout = -1, tries = 4, maxTimeout = 0 } = (how ?? {}) as Record<string, number | undefined>;
        const channel = new Channel(...[timeout, tries, maxTimeout].slice(0, NATIVE_PARAMETERS));
        Object.assign(this, { _handle: channel });
      }
    }
    return Object.defineProperty(StackResolver, 'name', { value: 'Resolver' }) as unknown as R;
  };

  /** Checks arguments as Node does, with Node's own errors: an address is answered by it without any network. */
  const lookup = (host: string, how: unknown, done?: Callback): object => {
    const callback = (typeof how === 'function' ? how : done) as Callback;
    const settings = typeof how === 'function' ? {} : how;
    if (typeof host !== 'string' || host === '' || host.includes('\0') || isIP(host) !== 0)
      return nodeDns.lookup(host, settings as nodeDns.LookupOptions, callback as never) as unknown as object;
    if (home.names === 'host')
      return nodeDns.lookup(host, settings as nodeDns.LookupOptions, callback as never) as never;
    nodeDns.lookup(
      '127.0.0.1',
      settings as nodeDns.LookupOptions,
      (typeof callback === 'function' ? () => {} : callback) as never,
    );
    const { family, hints, all, order } = readLookup(settings);
    const request = {
      oncomplete: (error: number | null, found: string[] = []) => {
        if (error !== null) callback(lookupError(error, 'getaddrinfo', host));
        else if (all)
          callback(
            null,
            found.map((address) => ({ address, family: isIP(address) })),
          );
        else callback(null, found[0], isIP(found[0]));
      },
    };
    addresses.getaddrinfo(request, host, family, hints, order);
    return request;
  };

  const lookupService = (address: string, port: number, callback: Callback): void => {
    if (home.names === 'host' || typeof callback !== 'function' || typeof address !== 'string' || isIP(address) === 0) {
      nodeDns.lookupService(address, port, callback as never);
      return;
    }
    // The name of a port is known to the machine alone; an own address asks nobody.
    nodeDns.lookupService('127.0.0.1', port, (_, __, service) => {
      addresses.getnameinfo(
        { oncomplete: (_error, host) => callback(null, host, service) },
        address,
        port,
        service ?? String(port),
      );
    });
  };

  const Resolver = over(nodeDns.Resolver);
  const PromiseResolver = over(nodeDns.promises.Resolver);
  const promises = { ...nodeDns.promises, Resolver: PromiseResolver } as unknown as Record<string, unknown>;
  const module = { ...nodeDns, Resolver, promises, lookup, lookupService } as unknown as Record<string, unknown>;
  const bind = (target: Record<string, unknown>, resolver: object) => {
    const methods = resolver as Record<string, ((...parameters: unknown[]) => unknown) | undefined>;
    for (const name of OF_RESOLVER) if (methods[name] !== undefined) target[name] = methods[name].bind(resolver);
  };
  bind(module, new Resolver());
  bind(promises, new PromiseResolver());
  module.setServers = promises.setServers = (servers: readonly string[]) => {
    const [plain, promised] = [new Resolver(), new PromiseResolver()];
    plain.setServers(servers);
    promised.setServers(servers);
    bind(module, plain);
    bind(promises, promised);
  };
  promises.lookup = (host: string, how?: nodeDns.LookupOptions) =>
    promised(
      (done) => lookup(host, how ?? {}, done),
      (found, family) => (readLookup(how).all ? found : { address: found, family }),
    );
  promises.lookupService = (address: string, port: number) =>
    promised(
      (done) => lookupService(address, port, done),
      (hostname, service) => ({ hostname, service }),
    );
  return module as unknown as DnsModule;
}

/** How many parameters this Node's channel takes. */
const NATIVE_PARAMETERS = Number.parseInt(process.versions.node, 10) < 22 ? 2 : 3;

/** The options of `lookup`, which Node has found to be right. */
function readLookup(how: unknown): { family: 0 | 4 | 6; hints: number; all: boolean; order: number } {
  const options = (typeof how === 'number' ? { family: how } : (how ?? {})) as nodeDns.LookupAllOptions & {
    order?: string;
    family?: unknown;
  };
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family;
  const verbatim =
    options.verbatim === undefined ? nodeDns.getDefaultResultOrder() : options.verbatim ? '' : 'ipv4first';
  const order = options.order ?? verbatim;
  return {
    family: family === 4 || family === 6 ? family : 0,
    hints: options.hints ?? 0,
    all: options.all === true,
    order: order === 'ipv4first' ? Order.Ipv4First : order === 'ipv6first' ? Order.Ipv6First : Order.Verbatim,
  };
}

/** An error as Node words it: 'getaddrinfo ENOTFOUND example.org'. */
function lookupError(errno: number, syscall: string, hostname: string): NodeJS.ErrnoException {
  const name = nameOf(errno);
  const code = name === 'EAI_NONAME' || name === 'EAI_NODATA' ? 'ENOTFOUND' : name;
  return Object.assign(new Error(`${syscall} ${code} ${hostname}`), { errno, code, syscall, hostname });
}

function promised<T>(ask: (done: Callback) => unknown, shape: (first: unknown, second: unknown) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, first, second) => (error === null ? resolve(shape(first, second)) : reject(error)));
  });
}
