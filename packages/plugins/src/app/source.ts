import { APPLICATION, type ApplicationContext, byteSize, duration, implementation, ipAddress } from '@netwright/core';
import { z } from 'zod';
import { Account } from './account.js';
import { Digest } from './digest.js';
import { Outbox } from './outbox.js';
import { tcpOf } from './tcp.js';

const options = z.strictObject({
  address: ipAddress().describe('where it connects'),
  port: z.int().min(1).max(65535).default(9).describe('where it connects'),
  bytes: byteSize().prefault('1MB').describe('how much it sends'),
  at: duration().default(0).describe('how long it waits before it connects'),
});

/** Bytes that are made at a time; the connection takes them as it can. */
const PIECE = 65_536;
/** Ms after the peer's FIN until the last acknowledgement has surely arrived: TIME-WAIT itself is not waited for. */
const LAST_ACK = 1000;

/** Connects, sends bytes drawn from the stack's chance, ends. It is done when the peer has ended, too. */
export const source = implementation({
  name: 'source',
  token: APPLICATION,
  summary: 'A TCP client that sends seeded random bytes, and reports how many and their SHA-256.',
  options,
  provide: ({ address, port, bytes, at }: z.output<typeof options>) => ({
    value: (context: ApplicationContext) => {
      const { host } = context.stack;
      const purpose = `source ${address} ${port}`;
      const random = host.random.fork(purpose);
      const digest = new Digest();
      let left = bytes;
      let outcome: string | null = null;
      let account: Account | null = null;
      /** Of the first bytes that it sends, which are drawn once more. */
      const again = (length: number) => {
        const anew = new Uint8Array(length);
        host.random.fork(purpose).fill(anew);
        const drawn = new Digest();
        drawn.add(anew);
        return drawn.sha256;
      };

      const connect = () => {
        const session = tcpOf(context, 'source').connect({
          address,
          port,
          overrides: context.overrides,
          handler: {
            established: () => fill(),
            writable: () => fill(),
            data: (bytes) => account?.in.add(bytes),
            end() {
              if (account !== null) account.receivedEnd = true;
              ended.start(LAST_ACK);
            },
            closed(_, error) {
              account?.close(error);
              outcome ??= error === null ? 'complete' : error.code;
              outbox.clear();
            },
          },
        });
        account = new Account(session, digest, again);
        const outbox = new Outbox(session);
        const fill = () => {
          outbox.flush();
          while (left > 0 && outbox.empty) {
            const piece = new Uint8Array(Math.min(left, PIECE));
            random.fill(piece);
            left -= piece.length;
            outbox.send(piece, digest);
          }
          if (left > 0) return;
          outbox.end();
          if (account !== null) account.ended = outbox.empty;
        };
      };
      const timer = host.timer(connect);
      const ended = host.timer(() => {
        outcome ??= 'complete';
      });
      return {
        start: () => timer.start(at),
        stop() {
          timer.stop();
          ended.stop();
        },
        done: () => outcome !== null,
        failure: () => (outcome === 'complete' ? null : outcome),
        transfers: () => (account === null ? [] : [account]),
        report: () => ({ bytes: digest.bytes, sha256: digest.sha256, outcome: outcome ?? 'open' }),
      };
    },
  }),
});
