import net from 'node:net';
import { startPair } from './pair.js';

const WRITE = 65536;

/** W1: `bytes` one way in writes of 64 KiB over one connection between two stacks of this process. @returns Gbit/s. */
export async function bulkOurs(bytes: number, shared: boolean): Promise<number> {
  const [a, b] = await startPair(shared);
  const data = new Uint8Array(WRITE).fill(0x5a);
  const begin = process.hrtime.bigint();
  await new Promise<void>((resolve, reject) => {
    let got = 0;
    b.tcp.listen({
      port: 7,
      onConnection: () => ({
        data(view) {
          got += view.length;
          if (got === bytes) resolve();
        },
      }),
    });
    let sent = 0;
    const session = a.tcp.connect({
      address: b.address,
      port: 7,
      handler: { established: pump, writable: pump, closed: (_, error) => error !== null && reject(error) },
    });
    function pump(): void {
      while (sent < bytes) {
        const length = Math.min(WRITE, bytes - sent);
        const taken = session.write(data, 0, length);
        sent += taken;
        if (taken < length) return;
      }
    }
  });
  const gbit = rate(bytes, begin);
  await Promise.all([a.stack.stop(), b.stack.stop()]);
  return gbit;
}

/** The same over Node's own `net` on loopback, both ends in this process. @returns Gbit/s. */
export async function bulkNode(bytes: number): Promise<number> {
  const data = new Uint8Array(WRITE).fill(0x5a);
  let got = 0;
  let finished = (): void => {};
  const all = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const server = net.createServer((socket) => {
    socket.on('data', (chunk) => {
      got += chunk.length;
      if (got === bytes) finished();
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const begin = process.hrtime.bigint();
  const socket = net.connect(port, '127.0.0.1');
  let sent = 0;
  const pump = (): void => {
    while (sent < bytes) {
      const length = Math.min(WRITE, bytes - sent);
      sent += length;
      if (!socket.write(length === WRITE ? data : data.subarray(0, length))) return;
    }
  };
  socket.on('connect', pump);
  socket.on('drain', pump);
  await all;
  const gbit = rate(bytes, begin);
  socket.destroy();
  server.close();
  return gbit;
}

function rate(bytes: number, begin: bigint): number {
  return (bytes * 8) / Number(process.hrtime.bigint() - begin);
}
