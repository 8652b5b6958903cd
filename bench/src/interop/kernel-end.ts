/**
 * A program: the kernel's end of all transfers, by Node's own `net`. Prints 'ready', a line of JSON for each transfer that
 * is over, and ends with all of them. Argument: JSON of {@link EndTask}.
 */
import { connect, createServer, type Socket as NetSocket } from 'node:net';
import { atOnce, End, type Socket } from './end.js';
import { type Outcome, type Plan, transfersOf } from './transfer.js';

/** What an end is to do. */
export interface EndTask {
  readonly plan: Plan;
  /** Connections that it opens at once. */
  readonly concurrent: number;
  /** Where it listens, and where the other end does. */
  readonly port: number;
  readonly peer: { readonly address: string; readonly port: number };
}

const { plan, concurrent, port, peer } = JSON.parse(process.argv[2]) as EndTask;
const transfers = transfersOf(plan);
let left = transfers.length;

const server = createServer({ allowHalfOpen: true }, (socket) => {
  serve(socket, () => {});
});
server.listen({ port, backlog: 511 }, async () => {
  console.log('ready');
  const own = transfers.filter(({ opener }) => opener === 'kernel');
  await atOnce(concurrent, own, (transfer) => {
    const socket = connect({ host: peer.address, port: peer.port, allowHalfOpen: true });
    return new Promise<void>((over) => {
      const end = serve(socket, over);
      socket.once('connect', () => end.open(transfer));
    });
  });
});

function serve(socket: NetSocket, over: () => void): End {
  const end = new End('kernel', transfers, plan.seed, adapt(socket), (outcome: Outcome) => {
    console.log(JSON.stringify(outcome));
    over();
    if (--left === 0) server.close();
  });
  socket.on('data', (bytes) => end.data(bytes as Buffer));
  socket.on('drain', () => end.writable());
  socket.on('end', () => end.end());
  socket.on('error', (error: NodeJS.ErrnoException) => end.failed(error.code ?? error.message));
  socket.on('close', () => end.closed());
  return end;
}

function adapt(socket: NetSocket): Socket {
  return {
    write(bytes, at) {
      if (socket.destroyed || !socket.writable || socket.writableNeedDrain) return 0;
      const piece = bytes.subarray(at, at + 65536);
      socket.write(piece);
      return piece.length;
    },
    end: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
  };
}
