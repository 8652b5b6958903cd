import http from 'node:http';
import net from 'node:net';

// What a process does with whichever network is under it; main.ts starts it once as it is and once with the preload.

const WORK: Record<string, () => Promise<number>> = {
  'http requests/s': () => requests(50, 6000),
  'http latency, us': async () => 1e6 / (await requests(1, 1500)),
  'bulk, MB/s': bulk,
  'round trip of 64 bytes, us': roundTrip,
};

const name = process.argv[2];
// The first run warms the engine up.
await WORK[name]();
console.log(await WORK[name]());

async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

/** `http.createServer` asked by `together` clients that keep their connections. @returns requests in a second. */
async function requests(together: number, count: number): Promise<number> {
  const server = http.createServer((_request, answer) => answer.end('hello'));
  const port = await listening(server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: together });
  const begin = performance.now();
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      await new Promise<void>((resolve, reject) => {
        const request = http.get({ port, host: '127.0.0.1', agent }, (answer) => answer.resume().on('end', resolve));
        request.on('error', reject);
      });
    }
  };
  await Promise.all(Array.from({ length: together }, client));
  const took = performance.now() - begin;
  agent.destroy();
  server.close();
  return (count / took) * 1000;
}

/** One way over one connection, in writes of 64 KiB. */
async function bulk(): Promise<number> {
  const [size, writes] = [65536, 3000];
  let left = size * writes;
  let done = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const server = net.createServer((socket) => {
    socket.on('data', (data) => {
      left -= data.length;
      if (left === 0) done();
    });
  });
  const socket = net.connect(await listening(server), '127.0.0.1');
  const data = Buffer.alloc(size, 1);
  const begin = performance.now();
  for (let i = 0; i < writes; i++) {
    if (!socket.write(data)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  await all;
  const took = performance.now() - begin;
  socket.destroy();
  server.close();
  return (size * writes) / took / 1000;
}

/** One byte-for-byte echo after the other. @returns us */
async function roundTrip(): Promise<number> {
  const count = 4000;
  const server = net.createServer((socket) => socket.on('data', (data) => socket.write(data)));
  const socket = net.connect(await listening(server), '127.0.0.1');
  const data = Buffer.alloc(64, 1);
  let left = count;
  const begin = performance.now();
  await new Promise<void>((resolve) => {
    socket.on('data', () => (left-- > 0 ? socket.write(data) : resolve()));
    socket.write(data);
  });
  const took = performance.now() - begin;
  socket.destroy();
  server.close();
  return (took / count) * 1000;
}
