import { scenario } from '@netwright/node/testing';
import test from 'ava';

const PORT = 7;

test('by hand, time stands still while nobody moves it', async (t) => {
  const { net, peer, clock, end } = await scenario({ time: 'manual' });
  t.teardown(end);
  peer.listen(PORT).delay(100);
  let connected = false;
  net.connect(PORT, peer.address, () => {
    connected = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.is(clock.now(), 0);
  t.false(connected);
  // There and back, for the address and for the connection.
  await clock.advance(399);
  t.false(connected);
  await clock.advance(1);
  t.true(connected);
  t.is(clock.now(), 400);
});

test('by itself, it leaps over what nobody needs', async (t) => {
  const { net, peer, clock, end } = await scenario();
  t.teardown(end);
  peer.listen(PORT).delay(1400);
  await new Promise<void>((resolve) => net.connect(PORT, peer.address, resolve));
  // There and back, for the address and for the connection.
  t.is(clock.now(), 5600);
});

test('by itself, it does not run farther ahead than the horizon', async (t) => {
  const { net, peer, clock, end } = await scenario({ horizon: 60_000 });
  t.teardown(end);
  peer.listen(PORT).zeroWindow();
  net.connect(PORT, peer.address).write('never read');
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  for (let i = 0; i < 1000 && clock.now() < 10_000; i++) await rounds(100);
  await rounds(1000);
  const reached = clock.now();
  t.true(reached > 10_000 && reached <= 61_000, `${reached} ms`);
  await rounds(1000);
  t.is(clock.now(), reached);
});

test('in real time, a delay is one', async (t) => {
  const { net, peer, clock, end } = await scenario({ time: 'real' });
  t.teardown(end);
  peer.listen(PORT).delay(20);
  const begun = process.hrtime.bigint();
  await new Promise<void>((resolve) => net.connect(PORT, peer.address, resolve));
  t.true(Number(process.hrtime.bigint() - begun) / 1e6 >= 75);
  t.true(clock.now() >= 75);
});

test('mocked timers of the program hear of every ms, once, before what is due then', async (t) => {
  let told = 0;
  const { net, peer, clock, end } = await scenario({
    time: 'manual',
    tick: (ms) => {
      told += ms;
    },
  });
  t.teardown(end);
  peer.listen(PORT).delay(100);
  let at = -1;
  net.connect(PORT, peer.address, () => {
    at = told;
  });
  await clock.advance(1000);
  t.is(told, 1000);
  t.is(at, 400);
  await clock.advance(500);
  t.is(told, 1500);
});

test('the same seed loses the same frames', async (t) => {
  const run = async (seed: number) => {
    const { net, peer, clock, end } = await scenario({ seed });
    t.teardown(end);
    peer.listen(PORT).loss(0.2).delay(10);
    const socket = net.connect(PORT, peer.address);
    socket.end(Buffer.alloc(100_000)).resume();
    await new Promise((resolve) => socket.on('close', resolve));
    const took = clock.now();
    return took;
  };
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  t.is(again, first);
  t.not(other, first);
});

test('a peer that behaves again is as good as new', async (t) => {
  const { net, peer, end } = await scenario();
  t.teardown(end);
  peer.listen(PORT).refuse().zeroWindow().slowLoris(1).loss(1).partition();
  peer.behave();
  const socket = net.connect(PORT, peer.address);
  socket.end('hello');
  let back = '';
  for await (const piece of socket) back += piece;
  t.is(back, 'hello');
});
