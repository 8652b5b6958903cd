import { APPLICATION, type ApplicationContext, implementation, type NetwrightError } from '@netwright/core';
import { z } from 'zod';
import { Account } from './account.js';
import { Digest } from './digest.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  port: z.int().min(1).max(65535).default(9).describe('where it listens'),
});

/** Connections that are remembered. */
const KEPT = 1024;

/** Reads everything and answers nothing (RFC 863): the far end of a bulk transfer. It reports what came, in order. */
export const discard = implementation({
  name: 'discard',
  token: APPLICATION,
  summary: 'A TCP server that reads everything, and reports how much it was and its SHA-256.',
  options,
  provide: ({ port }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      let connections = 0;
      const accounts: Account[] = [];
      return {
        start() {
          tcpOf(context, 'discard').listen({
            port,
            overrides: context.overrides,
            onConnection(session) {
              connections++;
              const account = new Account(session);
              accounts.push(account);
              if (accounts.length > KEPT) accounts.shift();
              return {
                data: (bytes: Uint8Array) => account.in.add(bytes),
                end() {
                  account.receivedEnd = account.ended = true;
                  session.shutdown();
                },
                closed: (_: unknown, error: NetwrightError | null) => account.close(error),
              };
            },
          });
        },
        report() {
          // One connection, one digest: the report is about the latest.
          const digest = accounts.at(-1)?.in ?? new Digest();
          return { connections, bytes: digest.bytes, sha256: digest.sha256 };
        },
        transfers: () => accounts,
      };
    },
  }),
});
