import type nodeNet from 'node:net';
import { net } from '@netwright/node';
import { startPair } from '../pair.js';

/** What one chunk costs, in us, over `net(stack)` and over the stack's own endpoint. */
export interface ChunkCost {
  readonly size: number;
  readonly face: number;
  readonly bare: number;
}

/** Writes chunks of several sizes over the same two stacks, by both ways in turn; medians. */
export async function chunkCosts(): Promise<ChunkCost[]> {
  const costs: ChunkCost[] = [];
  for (const size of [64, 1460, 65536]) {
    const count = Math.min(40_000, Math.floor(1e8 / size));
    const [face, bare]: number[][] = [[], []];
    for (let round = 0; round < 4; round++) {
      const [one, other] = [await overFace(size, count), await overEndpoint(size, count)];
      if (round === 0) continue;
      face.push(one);
      bare.push(other);
    }
    costs.push({ size, face: median(face), bare: median(bare) });
  }
  return costs;
}

async function overFace(size: number, count: number): Promise<number> {
  const [a, b] = await startPair(true);
  const data = Buffer.alloc(size, 1);
  let left = size * count;
  let done = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const server = net(b.stack).createServer((socket: nodeNet.Socket) => {
    socket.on('data', (chunk) => {
      left -= chunk.length;
      if (left === 0) done();
    });
  });
  await new Promise<void>((resolve) => server.listen(7, String(b.address), resolve));
  const socket = net(a.stack).connect(7, String(b.address));
  await new Promise((resolve) => socket.once('connect', resolve));
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    if (!socket.write(data)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  await all;
  const took = performance.now() - begin;
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  await Promise.all([a.stack.stop(), b.stack.stop()]);
  return (took / count) * 1000;
}

async function overEndpoint(size: number, count: number): Promise<number> {
  const [a, b] = await startPair(true);
  const data = new Uint8Array(size).fill(1);
  let left = size * count;
  let begin = 0;
  await new Promise<void>((resolve, reject) => {
    b.tcp.listen({
      port: 7,
      onConnection: () => ({
        data(view) {
          left -= view.length;
          if (left === 0) resolve();
        },
      }),
    });
    let sent = 0;
    let at = 0;
    const session = a.tcp.connect({
      address: b.address,
      port: 7,
      handler: {
        established: () => {
          begin = performance.now();
          pump();
        },
        writable: pump,
        closed: (_, error) => error !== null && reject(error),
      },
    });
    function pump(): void {
      while (sent < count) {
        at += session.write(data, at);
        if (at < size) return;
        at = 0;
        sent++;
      }
    }
  });
  const took = performance.now() - begin;
  await Promise.all([a.stack.stop(), b.stack.stop()]);
  return (took / count) * 1000;
}

function median(list: number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
