/**
 * A program for capture.test.ts. With a number it opens and closes so many capture devices, one after another, with a
 * filter if one is given; with 'count' it counts numbered datagrams until the last number there is. Errors: their code.
 */
import { PacketPool } from '@netwright/core';
import { CaptureDevice } from '@netwright/plugins';

const [what, argument] = process.argv.slice(2);
const pool = new PacketPool();
try {
  if (what === 'count') await count();
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

async function count(): Promise<void> {
  const device = new CaptureDevice({ interface: 'veth0', mac: 'own', filter: 'udp dst port 9' });
  let latest = -1;
  let seen = 0;
  let ordered = true;
  let largest = 0;
  await device.open({
    pool,
    receive(batch, size) {
      largest = Math.max(largest, size);
      for (let i = 0; i < size; i++) {
        const number = batch[i].view.getUint32(batch[i].start + 42);
        batch[i].release();
        if (number === 0xffffffff) {
          // Once: nothing comes after the close.
          if (latest !== number) console.log(JSON.stringify({ count: seen, ordered, largest }));
          device.close();
        } else {
          ordered &&= number > latest;
          seen++;
        }
        latest = number;
      }
    },
  });
  console.log('counting');
}
