import { APPLICATION, type ApplicationContext, implementation } from '@netwright/core';
import { z } from 'zod';
import { Digest } from './digest.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  port: z.int().min(1).max(65535).default(9).describe('where it listens'),
});

/** Reads everything and answers nothing (RFC 863): the far end of a bulk transfer. It reports what came, in order. */
export const discard = implementation({
  name: 'discard',
  token: APPLICATION,
  summary: 'A TCP server that reads everything, and reports how much it was and its SHA-256.',
  options,
  provide: ({ port }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      let connections = 0;
      let digest = new Digest();
      return {
        start() {
          tcpOf(context, 'discard').listen({
            port,
            overrides: context.overrides,
            onConnection(session) {
              connections++;
              // One connection, one digest: the report is about the latest.
              const own = new Digest();
              digest = own;
              return { data: (bytes: Uint8Array) => own.add(bytes), end: () => session.shutdown() };
            },
          });
        },
        report: () => ({ connections, bytes: digest.bytes, sha256: digest.sha256 }),
      };
    },
  }),
});
