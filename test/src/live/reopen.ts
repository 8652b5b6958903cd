/**
 * A program for capture.test.ts. With a number it opens and closes so many capture devices, one after another, with a
 * filter if one is given; with 'count' it counts numbered datagrams until all have come. Errors: their code.
 */
import { PacketPool } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';

const [what, argument] = process.argv.slice(2);
const pool = new PacketPool();
try {
  if (what === 'count') await count(Number(argument));
  else for (let round = 1; round <= Number(what); round++) await openOnce(round);
} catch (error) {
  console.log((error as { code?: string }).code ?? error);
}

async function openOnce(round: number): Promise<void> {
  const device = new CaptureDevice({
    interface: 'veth0',
    mac: 'own',
    offloads: 'keep',
    ...(argument === undefined ? {} : { filter: argument }),
  });
  const heard = new Promise<void>((resolve) => {
    const receiver = {
      pool,
      receive(batch: { release(): void }[], count: number) {
        for (let i = 0; i < count; i++) batch[i].release();
        if (round % 5 === 0) resolve();
      },
    };
    void device.open(receiver).then(
      () => round % 5 !== 0 && resolve(),
      (error) => {
        console.log(error.code);
        process.exit(0);
      },
    );
  });
  console.log(`round ${round}`);
  await heard;
  device.close();
  (globalThis as { gc?: () => void }).gc?.();
}

async function count(expected: number): Promise<void> {
  const device = new CaptureDevice({ interface: 'veth0', mac: 'own', filter: 'udp dst port 9' });
  let next = 0;
  let ordered = true;
  let largest = 0;
  await device.open({
    pool,
    receive(batch, count) {
      largest = Math.max(largest, count);
      for (let i = 0; i < count; i++) {
        ordered &&= batch[i].view.getUint32(batch[i].start + 42) === next++;
        batch[i].release();
      }
      if (next < expected) return;
      console.log(
        `${ordered ? 'in order' : 'out of order'} ${next}, batches of ${largest <= 128 ? '128 at most' : largest}`,
      );
      device.close();
    },
  });
  console.log('counting');
}
