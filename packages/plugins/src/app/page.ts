import { APPLICATION, type ApplicationContext, byteSize, implementation, type Random } from '@netwright/core';
import type { TcpHandler, TcpSession } from '@netwright/layers';
import { z } from 'zod';
import { Digest } from './digest.js';
import { type Head, HeadReader, readRequestLine } from './http-head.js';
import { Outbox } from './outbox.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  port: z.int().min(1).max(65535).default(80).describe('where it listens'),
  pages: z
    .record(z.string().startsWith('/'), byteSize())
    .default({ '/': 65_536 })
    .describe('its paths, and the size of each page'),
});

type Pages = z.output<typeof options>['pages'];

/** What all connections of a server have come to. */
interface Served {
  connections: number;
  requests: number;
  /** The status and the body of the latest response, as far as it went to the connection. */
  status: number;
  body: Digest;
}

const PHRASES: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  431: 'Request Header Fields Too Large',
};

/** An HTTP/1.0 and 1.1 server of pages made of seeded chance. It reports the latest body: its bytes and SHA-256. */
export const page = implementation({
  name: 'page',
  token: APPLICATION,
  summary: 'An HTTP server of pages of a given size, made from the seed.',
  options,
  provide: ({ port, pages }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      const content = new Content(pages, context.stack.host.random.fork('pages'));
      const served: Served = { connections: 0, requests: 0, status: 0, body: new Digest() };
      return {
        start() {
          tcpOf(context, 'page').listen({
            port,
            overrides: context.overrides,
            onConnection(session) {
              served.connections++;
              return new Conversation(session, content, served);
            },
          });
        },
        report: () => {
          const { connections, requests, status, body } = served;
          return { connections, requests, status, bytes: body.bytes, sha256: body.sha256 };
        },
      };
    },
  }),
});

/** The pages, each drawn when it is first asked for; what is in one does not depend on which came before. */
class Content {
  private readonly drawn = new Map<string, Uint8Array>();

  constructor(
    private readonly sizes: Pages,
    private readonly random: Random,
  ) {}

  page(path: string): Uint8Array | null {
    if (!Object.hasOwn(this.sizes, path)) return null;
    let bytes = this.drawn.get(path);
    if (bytes === undefined) {
      bytes = new Uint8Array(this.sizes[path]);
      this.random.fork(path).fill(bytes);
      this.drawn.set(path, bytes);
    }
    return bytes;
  }
}

/** One connection: requests one after the other, answered in their order. */
class Conversation implements TcpHandler {
  private readonly reader = new HeadReader();
  private readonly outbox: Outbox;
  private over = false;

  constructor(
    private readonly session: TcpSession,
    private readonly content: Content,
    private readonly served: Served,
  ) {
    this.outbox = new Outbox(session);
  }

  writable(): void {
    this.outbox.flush();
    if (this.outbox.empty) this.session.resume();
  }

  end(): void {
    this.outbox.end();
  }

  closed(): void {
    this.outbox.clear();
  }

  data(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.over; ) {
      const next = this.reader.feed(bytes, at);
      if (next === -1) return;
      const head = next === -2 ? null : this.reader.take();
      if (head !== null) this.respond(head);
      else this.refuse(next === -2 ? 431 : 400);
      at = next;
    }
    // A client that does not read its answers does not get to ask more.
    if (!this.outbox.empty) this.session.pause();
  }

  private respond(head: Head): void {
    const request = readRequestLine(head.first);
    const hasBody = head.fields.has('transfer-encoding') || (head.fields.get('content-length') ?? '0') !== '0';
    if (request === null || hasBody || (request.minor === 1 && !head.fields.has('host'))) {
      this.refuse(400);
      return;
    }
    const { method, target, minor } = request;
    const connection = (head.fields.get('connection') ?? '').toLowerCase();
    const keep = minor === 1 ? !connection.includes('close') : connection.includes('keep-alive');
    const known = method === 'GET' || method === 'HEAD';
    const body = known ? this.content.page(target.replace(/[?#].*$/, '')) : null;
    this.answer(known ? (body === null ? 404 : 200) : 405, body, keep, method !== 'HEAD');
  }

  private refuse(status: number): void {
    this.answer(status, null, false, true);
  }

  private answer(status: number, page: Uint8Array | null, keep: boolean, withBody: boolean): void {
    const body = page ?? new TextEncoder().encode(`${PHRASES[status]}\n`);
    const lines = [
      `HTTP/1.1 ${status} ${PHRASES[status]}`,
      `Content-Type: ${page === null ? 'text/plain' : 'application/octet-stream'}`,
      `Content-Length: ${body.length}`,
      `Connection: ${keep ? 'keep-alive' : 'close'}`,
    ];
    if (status === 405) lines.push('Allow: GET, HEAD');
    this.served.requests++;
    this.served.status = status;
    this.served.body = new Digest();
    this.outbox.send(new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`));
    if (withBody) this.outbox.send(body, this.served.body);
    if (!keep) {
      this.over = true;
      this.outbox.end();
    }
  }
}
