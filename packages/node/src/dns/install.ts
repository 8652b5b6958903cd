import type { Household } from '../dgram/home.js';
import { AddressLookup, type AddressRequest, type NameRequest } from './address-lookup.js';
import { QUERIES } from './answer.js';
import { LookupChannel, type NativeChannel, type QueryMethod, type QueryRequest } from './channel.js';
import { type LookupHome, type LookupOptions, lookupHome } from './home.js';

/** `process.binding('cares_wrap')`, as far as it is replaced. */
export interface CaresBinding {
  ChannelWrap: NativeChannelClass;
  getaddrinfo(request: AddressRequest, host: string, family: number, hints: number, order: number): number;
  getnameinfo(request: NameRequest, address: string, port: number): number;
}

/** `new ChannelWrap(timeout, tries, maxTimeout)`; Node 20 has no third. */
export type NativeChannelClass = new (...parameters: number[]) => NativeChannel;

/** The class that Node's dns.js makes its channels of, for one stack. */
export function lookupChannels(home: LookupHome, Native: NativeChannelClass): NativeChannelClass {
  class ChannelWrap extends LookupChannel {
    constructor(...parameters: number[]) {
      super(home, new Native(...parameters), ...parameters);
    }
  }
  for (const method of Object.keys(QUERIES) as (keyof typeof QUERIES)[]) {
    Object.defineProperty(ChannelWrap.prototype, method, {
      value(this: LookupChannel, request: QueryRequest, name: string) {
        return this.query(method, request, name);
      },
      writable: true,
      configurable: true,
    });
  }
  // The methods are there now, one for each query.
  return ChannelWrap as unknown as new (
    ...parameters: number[]
  ) => LookupChannel & Record<QueryMethod, () => number>;
}

/**
 * Puts a stack under Node's own dns.js, which must not have been loaded. Where names are the host's, `dns.lookup` and
 * `dns.lookupService` stay as they are.
 * @throws NODE_NO_UDP
 */
export function installLookups(binding: CaresBinding, household: Household, options: LookupOptions = {}): void {
  const home = lookupHome(household, options);
  binding.ChannelWrap = lookupChannels(home, binding.ChannelWrap);
  if (home.names === 'host') return;
  const lookup = new AddressLookup(home);
  binding.getaddrinfo = (request, host, family, hints, order) =>
    lookup.getaddrinfo(request, host, family === 4 || family === 6 ? family : 0, hints, order);
  binding.getnameinfo = (request, address, port) => lookup.getnameinfo(request, address, port, '');
}
