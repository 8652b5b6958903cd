import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type Peer, scenario } from '@netwright/node/testing';
import test from 'ava';
import { clients } from './clients.js';

/** The inodes of this process's sockets on the host's network, by the table that names them. */
function hostSockets(): string[] {
  const mine = new Set(
    readdirSync('/proc/self/fd').flatMap((each) => {
      const path = `/proc/self/fd/${each}`;
      // The descriptor that reads the folder is gone by now.
      const target = existsSync(path) ? readlinkSync(path) : '';
      return target.match(/^socket:\[(\d+)\]$/)?.[1] ?? [];
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'packet'].flatMap((table) => {
    const column = table === 'packet' ? 8 : 9;
    const rows = existsSync(`/proc/net/${table}`) ? readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n') : [];
    return rows
      .slice(1)
      .map((row) => row.trim().split(/\s+/)[column])
      .filter((inode) => mine.has(inode))
      .map((inode) => `${table} ${inode}`);
  });
}

const behaviours: ((peer: Peer) => void)[] = [
  (peer) => peer.refuse(),
  (peer) => peer.rstOnConnect(),
  (peer) => peer.rstAfter(100),
  (peer) => peer.blackhole({ received: 1 }),
  (peer) => peer.halfClose(),
  (peer) => peer.sendGarbage(100),
  (peer) => peer.delay(100),
  (peer) => peer.loss(0.1, 1),
  (peer) => peer.duplicate(1),
  () => {},
];

test.serial(
  'two hundred connections with the misbehaving peer take less than ten seconds, no rights and no port of the host',
  async (t) => {
    // Whoever is root gives it up: nothing of this may need it.
    if (process.getuid?.() === 0) process.setuid?.(65_534);
    t.not(process.getuid?.(), 0);
    t.deepEqual(hostSockets(), []);
    const begun = process.hrtime.bigint();
    let done = 0;
    const outcomes = new Set<string | null>();
    for (let round = 0; round < 5; round++) {
      for (const client of clients) {
        for (const misbehave of behaviours) {
          const scene = await scenario({ seed: round });
          await client.serve(scene);
          misbehave(scene.peer);
          const asked = client.ask(scene, 1000 * (round + 1));
          // Listening on one side, connecting on the other: now there would be something to see.
          if (done % 20 === 0) t.deepEqual(hostSockets(), []);
          outcomes.add((await asked).code);
          await scene.end();
          done++;
        }
      }
    }
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    t.is(done, 200);
    t.true(seconds < 10, `${seconds.toFixed(1)} s`);
    t.deepEqual(hostSockets(), []);
    for (const code of [null, 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT']) t.true(outcomes.has(code), String(code));
  },
);

test.serial('what looks for sockets of the host finds one', async (t) => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.regex(hostSockets().join(), /^tcp \d+$/);
  await new Promise((resolve) => server.close(resolve));
  t.deepEqual(hostSockets(), []);
});
