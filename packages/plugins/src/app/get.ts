import {
  APPLICATION,
  type ApplicationContext,
  duration,
  type IpAddress,
  implementation,
  type Timer,
} from '@netwright/core';
import { resolveHost, type TcpSession } from '@netwright/layers';
import { z } from 'zod';
import { Digest } from './digest.js';
import { type BodyReader, bodyReader } from './http-body.js';
import { HeadReader, readStatusLine } from './http-head.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  url: z
    .string()
    .regex(/^http:\/\/[^/\s]+(\/\S*)?$/, { error: 'expected a URL such as http://10.0.0.1:8080/file' })
    .describe('what it fetches'),
  at: duration().default(0).describe('how long it waits before it connects'),
});

/** Fetches a URL over HTTP/1.1 and takes the SHA-256 of the body. It is done when the connection is closed, too. */
export const get = implementation({
  name: 'get',
  token: APPLICATION,
  summary: 'An HTTP client that fetches one URL, and reports status, bytes and SHA-256.',
  options,
  provide: ({ url, at }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      const fetch = new Fetch(url, context);
      const timer = context.stack.host.timer(() => fetch.begin());
      return {
        start: () => timer.start(at),
        stop() {
          timer.stop();
          fetch.stop();
        },
        done: () => fetch.outcome !== null,
        report: () => fetch.report(),
        failure: () => (fetch.outcome === 'complete' ? null : fetch.outcome),
      };
    },
  }),
});

/** Ms that the server has to close the connection when the body is complete. */
const PATIENCE = 1000;

class Fetch {
  /** 'complete', or why not; null while it is under way. */
  outcome: string | null = null;
  private readonly url: URL;
  private readonly reader = new HeadReader();
  private readonly digest = new Digest();
  private body: BodyReader | null = null;
  private status = 0;
  private result: string | null = null;
  private session: TcpSession | null = null;
  /** Runs while the server, which was asked to, has not closed: one that does not is left. */
  private readonly patience: Timer;

  constructor(
    url: string,
    private readonly context: ApplicationContext,
  ) {
    this.url = new URL(url);
    this.patience = context.stack.host.timer(() => {
      this.outcome ??= this.result;
      this.session?.close();
    });
  }

  begin(): void {
    const tcp = tcpOf(this.context, 'get');
    // A URL has an IPv6 address in brackets.
    const name = this.url.hostname.replace(/^\[|\]$/g, '');
    resolveHost(tcp, name, 0, (error, [address]) => {
      if (error === null) this.connect(address);
      else this.outcome = error.code;
    });
  }

  stop(): void {
    this.patience.stop();
  }

  report(): Record<string, string | number> {
    const { status, digest, outcome } = this;
    return { status, bytes: digest.bytes, sha256: digest.sha256, outcome: outcome ?? 'open' };
  }

  private connect(address: IpAddress): void {
    const session = tcpOf(this.context, 'get').connect({
      address,
      port: Number(this.url.port || 80),
      overrides: this.context.overrides,
      handler: {
        established: () => this.ask(session),
        data: (bytes) => this.read(bytes, session),
        end: () => {
          if (this.body?.endsWithStream === true) this.result = 'complete';
          session.shutdown();
        },
        closed: (_, error) => {
          this.patience.stop();
          this.outcome ??= this.result ?? (error === null ? 'incomplete' : error.code);
        },
      },
    });
    this.session = session;
  }

  private ask(session: TcpSession): void {
    const { pathname, search, host } = this.url;
    // A fresh send buffer has room for any request line that a URL makes.
    const lines = [`GET ${pathname}${search} HTTP/1.1`, `Host: ${host}`, 'Connection: close', '', ''];
    session.write(new TextEncoder().encode(lines.join('\r\n')));
  }

  private read(bytes: Uint8Array, session: TcpSession): void {
    if (this.result !== null) return;
    let at = 0;
    while (this.body === null) {
      const next = this.reader.feed(bytes, at);
      if (next === -1) return;
      const head = next === -2 ? null : this.reader.take();
      const status = head === null ? null : readStatusLine(head.first);
      if (head === null || status === null) {
        this.giveUp(session);
        return;
      }
      at = next;
      // Interim responses come before the one that counts (RFC 9110 section 15.2).
      if (status < 200) continue;
      this.status = status;
      this.body = bodyReader(head, (piece) => this.digest.add(piece));
    }
    this.body.feed(bytes.subarray(at));
    if (this.body.malformed) this.giveUp(session);
    else if (this.body.complete) {
      this.result = 'complete';
      this.patience.start(PATIENCE);
    }
  }

  private giveUp(session: TcpSession): void {
    this.result = 'malformed response';
    session.abort();
  }
}
