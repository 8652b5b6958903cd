import { domainToASCII } from 'node:url';
import { IpAddress, type NetwrightError } from '@netwright/core';
import type { Family } from '@netwright/layers';
import { errno } from '../dgram/errno.js';
import { requestScope } from '../handle/scope.js';
import type { LookupHome } from './home.js';

/** Node's request: a GetAddrInfoReqWrap. */
export interface AddressRequest {
  oncomplete?: (error: number | null, addresses?: string[]) => void;
}

/** Node's request: a GetNameInfoReqWrap. */
export interface NameRequest {
  oncomplete?: (error: number | null, host?: string, service?: string) => void;
}

/** DNS_ORDER_… of cares_wrap. */
export const Order = { Verbatim: 0, Ipv4First: 1, Ipv6First: 2 } as const;
/** AI_V4MAPPED of netdb.h on Linux. */
const V4_MAPPED = 8;

const LOCAL_4 = IpAddress.v4(0x7f000001);
const LOCAL_6 = IpAddress.v6(0, 0, 0, 1);

/** What getaddrinfo says of an error of the dns layer. */
const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: 'EAI_NONAME',
  EBADNAME: 'EAI_NONAME',
  ENODATA: 'EAI_NODATA',
  ECANCELLED: 'EAI_CANCELED',
};

/** `getaddrinfo` and `getnameinfo` over the dns layer of a stack. */
export class AddressLookup {
  constructor(private readonly home: LookupHome) {}

  /** As cares_wrap has it. @returns 0: what comes of it is told later. */
  getaddrinfo(request: AddressRequest, host: string, family: Family, hints: number, order: number): number {
    const finish = this.begin('GETADDRINFOREQWRAP', request);
    const name = /[^\x20-\x7e]/.test(host) ? domainToASCII(host) : host;
    this.find(name, family, hints, order, (code, addresses) =>
      finish(() => {
        if (code === null) request.oncomplete?.(null, addresses);
        else request.oncomplete?.(errno(code));
      }),
    );
    return 0;
  }

  /** As cares_wrap has it; a port without a name is a number. */
  getnameinfo(request: NameRequest, text: string, port: number, service: string): number {
    const address = IpAddress.parse(text);
    if (address === undefined) return errno('EINVAL');
    const finish = this.begin('GETNAMEINFOREQWRAP', request);
    const tell = (host: string) => finish(() => request.oncomplete?.(null, host, service || String(port)));
    const { dns } = this.home;
    if (address.isLoopback) tell('localhost');
    else if (dns === null) tell(text);
    else {
      dns.reverse(address).then(
        (names) => tell(names[0] ?? text),
        () => tell(text),
      );
    }
    return 0;
  }

  /** All addresses of a name, in order. `done` gets getaddrinfo's code where there are none. */
  find(
    name: string,
    family: Family,
    hints: number,
    order: number,
    done: (code: string | null, addresses: string[]) => void,
  ): void {
    const found: { 4: readonly IpAddress[]; 6: readonly IpAddress[] } = { 4: [], 6: [] };
    const mapped = family === 6 && (hints & V4_MAPPED) !== 0;
    const families: (4 | 6)[] = family === 0 || mapped ? [4, 6] : [family];
    let left = families.length;
    let why: string | null = null;
    for (const each of families) {
      this.resolve(name, each, (error, addresses) => {
        found[each] = addresses;
        // A server that failed is told rather than a name that does not exist.
        if (error !== null && (why === null || why === 'EAI_NONAME')) why = WHY[error.code] ?? 'EAI_AGAIN';
        if (--left > 0) return;
        if (mapped && found[6].length > 0) found[4] = [];
        const of4 = found[4].map((address) => (mapped ? `::ffff:${address}` : String(address)));
        const of6 = found[6].map(String);
        const first6 = order === Order.Ipv6First || (order === Order.Verbatim && this.prefers6(name));
        const all = first6 ? [...of6, ...of4] : [...of4, ...of6];
        done(all.length > 0 ? null : (why ?? 'EAI_NONAME'), all);
      });
    }
  }

  private resolve(
    name: string,
    family: 4 | 6,
    done: (error: NetwrightError | null, addresses: readonly IpAddress[]) => void,
  ): void {
    const { dns } = this.home;
    if (dns !== null) dns.resolve(name, family, done);
    else if (/^(.*\.)?localhost\.?$/i.test(name)) done(null, [family === 4 ? LOCAL_4 : LOCAL_6]);
    else done(null, []);
  }

  /** RFC 6724 puts ::1 before 127.0.0.1; elsewhere the dns layer's own order counts. */
  private prefers6(name: string): boolean {
    return /^(.*\.)?localhost\.?$/i.test(name) || this.home.dns?.settings.order === 'ipv6';
  }

  /** One more lookup under way: the program waits for it. @returns what tells the program. */
  private begin(type: string, request: object): (complete: () => void) => void {
    const { awake, rounds } = this.home.household;
    const context = requestScope(type, request);
    awake.hold();
    return (complete) =>
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
