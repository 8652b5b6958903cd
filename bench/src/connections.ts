import net from 'node:net';
import { startPair } from './pair.js';

/** W3: connect, accept, close both sides, `at` at a time, `total` in all. @returns connections a second. */
export async function connectionsOurs(total: number, at: number): Promise<number> {
  const [a, b] = await startPair(true);
  b.tcp.listen({ port: 7, backlog: 1024, onConnection: () => ({ end: (session) => session.close() }) });
  const begin = process.hrtime.bigint();
  await runAll(total, at, (done) => {
    a.tcp.connect({ address: b.address, port: 7, handler: { established: (session) => session.close() } }).handler = {
      established: (session) => session.close(),
      end: done,
    };
  });
  const rate = total / (Number(process.hrtime.bigint() - begin) / 1e9);
  await Promise.all([a.stack.stop(), b.stack.stop()]);
  return rate;
}

/** The same over Node's own `net` on loopback. */
export async function connectionsNode(total: number, at: number): Promise<number> {
  const server = net.createServer({ allowHalfOpen: false }, (socket) => {
    socket.resume();
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1024, resolve));
  const { port } = server.address() as net.AddressInfo;
  const begin = process.hrtime.bigint();
  await runAll(total, at, (done) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end());
    socket.resume();
    socket.on('close', done);
  });
  const rate = total / (Number(process.hrtime.bigint() - begin) / 1e9);
  server.close();
  return rate;
}

function runAll(total: number, at: number, one: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    let begun = 0;
    let ended = 0;
    const next = (): void => {
      if (begun < total) {
        begun++;
        one(() => {
          if (++ended === total) resolve();
          else next();
        });
      }
    };
    for (let i = 0; i < at; i++) next();
  });
}
