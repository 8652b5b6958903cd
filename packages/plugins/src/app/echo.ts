import { APPLICATION, type ApplicationContext, implementation } from '@netwright/core';
import { z } from 'zod';
import { Outbox } from './outbox.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  port: z.int().min(1).max(65535).default(7).describe('where it listens'),
});

/** Sends back what it gets, until the peer ends (RFC 862). It reports connections and bytes. */
export const echo = implementation({
  name: 'echo',
  token: APPLICATION,
  summary: 'A TCP server that sends back what it gets.',
  options,
  provide: ({ port }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      const seen = { connections: 0, bytes: 0 };
      return {
        start() {
          tcpOf(context, 'echo').listen({
            port,
            overrides: context.overrides,
            onConnection(session) {
              seen.connections++;
              const outbox = new Outbox(session);
              return {
                data(bytes: Uint8Array) {
                  seen.bytes += bytes.length;
                  outbox.send(bytes.slice());
                  // What the peer does not read back it may not send either.
                  if (!outbox.empty) session.pause();
                },
                writable() {
                  outbox.flush();
                  if (outbox.empty) session.resume();
                },
                end: () => outbox.end(),
                closed: () => outbox.clear(),
              };
            },
          });
        },
        report: () => ({ ...seen }),
      };
    },
  }),
});
