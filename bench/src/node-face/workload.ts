import http from 'node:http';
import net from 'node:net';

// What a process does with whichever network is under it; main.ts starts it once as it is and once with the preload.
// It prints its figures by name, as JSON.

type Figures = Record<string, number>;

const WORK: Record<string, () => Promise<Figures>> = {
  'http, 50 clients': () => requests(50, 6000),
  'http, one client': () => requests(1, 1500),
  'http, bodies of 1 MiB': bodies,
  'net, one way': bulk,
  'net, 64 bytes there and back': roundTrip,
};

const name = process.argv[2];
// The first run warms the engine up.
await WORK[name]();
console.log(JSON.stringify(await WORK[name]()));

async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as net.AddressInfo).port;
}

/** `http.createServer` asked by `together` clients that keep their connections. */
async function requests(together: number, count: number): Promise<Figures> {
  const server = http.createServer((_request, answer) => answer.end('hello'));
  const port = await listening(server);
  const agent = new http.Agent({ keepAlive: true, maxSockets: together });
  const begin = performance.now();
  const latencies: number[] = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const asked = performance.now();
      await new Promise<void>((resolve, reject) => {
        const request = http.get({ port, host: '127.0.0.1', agent }, (answer) => answer.resume().on('end', resolve));
        request.on('error', reject);
      });
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: together }, client));
  const took = performance.now() - begin;
  agent.destroy();
  server.close();
  return { 'requests/s': (count / took) * 1000, ...percentiles(latencies) };
}

/** `http.createServer` answers with 1 MiB, one request after the other. */
async function bodies(): Promise<Figures> {
  const [size, count] = [1 << 20, 100];
  const body = Buffer.alloc(size, 1);
  const server = http.createServer((_request, answer) => answer.end(body));
  const port = await listening(server);
  const agent = new http.Agent({ keepAlive: true });
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve, reject) => {
      const request = http.get({ port, host: '127.0.0.1', agent }, (answer) => answer.resume().on('end', resolve));
      request.on('error', reject);
    });
  }
  const took = performance.now() - begin;
  agent.destroy();
  server.close();
  return { 'MB/s': (size * count) / took / 1000 };
}

function percentiles(latencies: number[]): Figures {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => 1000 * sorted[Math.floor(share * (sorted.length - 1))];
  return { 'p50, us': at(0.5), 'p99, us': at(0.99) };
}

/** One way over one connection, in writes of 64 KiB. */
async function bulk(): Promise<Figures> {
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
  return { 'MB/s': (size * writes) / took / 1000 };
}

/** One echo after the other. */
async function roundTrip(): Promise<Figures> {
  const count = 4000;
  const server = net.createServer((socket) => socket.on('data', (data) => socket.write(data)));
  const socket = net.connect({ port: await listening(server), host: '127.0.0.1', noDelay: true });
  const data = Buffer.alloc(64, 1);
  const latencies: number[] = [];
  let sent = performance.now();
  await new Promise<void>((resolve) => {
    socket.on('data', () => {
      const now = performance.now();
      latencies.push(now - sent);
      sent = now;
      if (latencies.length < count) socket.write(data);
      else resolve();
    });
    socket.write(data);
  });
  socket.destroy();
  server.close();
  return percentiles(latencies);
}
