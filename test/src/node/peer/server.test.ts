import http from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Peer, type PeerConnection, type Scenario, scenario } from '@netwright/node/testing';
import test from 'ava';

const PORT = 80;

/** A server of the program's: an echo that keeps what befalls its connections. */
async function echo({ net }: Scenario): Promise<{ codes: (string | undefined)[]; server: Server; sockets: Socket[] }> {
  const codes: (string | undefined)[] = [];
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', (error: NodeJS.ErrnoException) => codes.push(error.code));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(PORT, resolve));
  return { codes, server, sockets };
}

/** A web server of the program's: it answers with as many bytes as the path says. */
async function web({ net }: Scenario): Promise<{ clientErrors: (string | undefined)[]; requests: string[] }> {
  const clientErrors: (string | undefined)[] = [];
  const requests: string[] = [];
  const pages = http.createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('x'.repeat(Number((request.url ?? '/0').slice(1))));
  });
  pages.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    clientErrors.push(error.code);
    socket.destroy();
  });
  const server = net.createServer((socket) => pages.emit('connection', socket));
  await new Promise<void>((resolve) => server.listen(PORT, resolve));
  return { clientErrors, requests };
}

const request = (bytes: number) => `GET /${bytes} HTTP/1.1\r\nHost: program\r\nConnection: close\r\n\r\n`;
const body = (connection: PeerConnection) => connection.received.toString().split('\r\n\r\n')[1] ?? '';

/** Time goes by; in manual mode nothing happens that is not told. */
const MINUTES = 20 * 60_000;

for (const bytes of [1, 1000, 5000, 50_000]) {
  const payload = 'y'.repeat(bytes);

  test(`a server's socket, ${bytes} bytes: a peer that behaves well gets them back`, async (t) => {
    const scene = await scenario();
    t.teardown(scene.end);
    const { codes } = await echo(scene);
    const connection = scene.peer.connect(PORT).end(payload);
    t.is(await connection.closed, null);
    t.is(connection.received.toString(), payload);
    t.deepEqual(codes, []);
  });

  test(`a server's socket, ${bytes} bytes: a peer that resets is ECONNRESET`, async (t) => {
    const scene = await scenario({ time: 'manual' });
    t.teardown(scene.end);
    const { codes } = await echo(scene);
    const connection = scene.peer.connect(PORT).write(payload);
    await scene.clock.advance(1000);
    connection.reset();
    await scene.clock.advance(1000);
    t.deepEqual(codes, ['ECONNRESET']);
  });

  test(`a server's socket, ${bytes} bytes: a peer that vanishes with an answer under way is ETIMEDOUT`, async (t) => {
    const scene = await scenario({ time: 'manual' });
    t.teardown(scene.end);
    const { codes } = await echo(scene);
    scene.peer.blackhole({ sent: bytes }).connect(PORT).write(payload);
    await scene.clock.advance(MINUTES);
    t.deepEqual(codes, ['ETIMEDOUT']);
  });

  test(`a server's socket, ${bytes} bytes: a peer that ends what it sends still gets its answer`, async (t) => {
    const scene = await scenario();
    t.teardown(scene.end);
    await echo(scene);
    const connection = scene.peer.halfClose({ sent: bytes }).connect(PORT).write(payload);
    t.is(await connection.closed, null);
    t.is(connection.received.toString(), payload);
  });

  for (const [what, misbehave] of [
    ['loses frames', (peer: Peer) => peer.loss(0.1, bytes)],
    ['says everything twice', (peer: Peer) => peer.duplicate(1)],
    ['is far away', (peer: Peer) => peer.delay(300)],
    ['sends broken frames', (peer: Peer) => peer.sendBrokenFrames()],
  ] as const) {
    test(`a server's socket, ${bytes} bytes: a peer that ${what} gets them back`, async (t) => {
      const scene = await scenario();
      t.teardown(scene.end);
      const { codes } = await echo(scene);
      misbehave(scene.peer);
      const connection = scene.peer.connect(PORT).end(payload);
      t.is(await connection.closed, null);
      t.is(connection.received.toString(), payload);
      t.deepEqual(codes, []);
    });
  }

  test(`a web server, ${bytes} bytes: a slow loris gets its page in the end`, async (t) => {
    const scene = await scenario();
    t.teardown(scene.end);
    const { requests } = await web(scene);
    const connection = scene.peer.slowLoris(100).connect(PORT).write(request(bytes));
    t.is(await connection.closed, null);
    t.is(body(connection).length, bytes);
    t.deepEqual(requests, [`/${bytes}`]);
    t.true(scene.clock.now() > 500, `${scene.clock.now()} ms`);
  });

  test(`a web server, ${bytes} bytes: a peer without room gets nothing until it has some`, async (t) => {
    const scene = await scenario({ time: 'manual' });
    t.teardown(scene.end);
    await web(scene);
    const connection = scene.peer.zeroWindow().connect(PORT).write(request(bytes));
    await scene.clock.advance(MINUTES);
    t.is(connection.receivedBytes, 0);
    scene.peer.openWindow();
    await scene.clock.advance(MINUTES);
    t.is(body(connection).length, bytes);
  });
}

test('a web server says of garbage that it is no request', async (t) => {
  const scene = await scenario();
  t.teardown(scene.end);
  const { clientErrors, requests } = await web(scene);
  const connection = scene.peer.sendGarbage(200).connect(PORT);
  await connection.closed;
  t.deepEqual(clientErrors, ['HPE_INVALID_METHOD']);
  t.deepEqual(requests, []);
});

test('a web server says of a request that breaks off that it was cut', async (t) => {
  const scene = await scenario();
  t.teardown(scene.end);
  const { clientErrors } = await web(scene);
  const connection = scene.peer.halfClose({ sent: 10 }).connect(PORT).write('GET / HTTP');
  await connection.closed;
  t.deepEqual(clientErrors, ['HPE_INVALID_EOF_STATE']);
});

test('a program that does not listen refuses the peer', async (t) => {
  const scene = await scenario();
  t.teardown(scene.end);
  const connection = scene.peer.connect(PORT);
  t.is(await connection.closed, 'ECONNREFUSED');
  await t.throwsAsync(connection.open);
});

test('two servers on one port of the program are EADDRINUSE, with all that the kernel says', async (t) => {
  const scene = await scenario();
  t.teardown(scene.end);
  await echo(scene);
  const second = scene.net.createServer().listen(PORT);
  const error = await new Promise<NodeJS.ErrnoException>((resolve) => second.on('error', resolve));
  t.like(error, { code: 'EADDRINUSE', errno: -98, syscall: 'listen', port: PORT });
});
