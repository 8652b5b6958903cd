// `ava quotes.ava.mjs`: the same program, time moved by hand, and a server of the program's own.
import { scenario } from '@netwright/node/testing';
import test from 'ava';
import { fetchQuote } from './quotes.mjs';

const QUOTE = 'be liberal in what you accept\n';

test('a server that takes its time is waited for', async (t) => {
  const { net, peer, clock, end } = await scenario({ time: 'manual' });
  peer.listen(17, QUOTE).delay(400);
  let quote = '';
  const fetched = fetchQuote(net.connect, peer.address, 17).then((text) => {
    quote = text;
  });
  // Four ways there and back: for the address, for the connection, for the quote, for the goodbye.
  await clock.advance(3100);
  t.is(quote, '');
  await clock.advance(200);
  t.is(quote, QUOTE.trim());
  await fetched;
  await end();
});

test('a line that is cut and joined again is a pause', async (t) => {
  const { net, peer, clock, end } = await scenario({ time: 'manual' });
  peer.listen(17, QUOTE).partition();
  const fetched = fetchQuote(net.connect, peer.address, 17);
  await clock.advance(1_500);
  peer.heal();
  await clock.advance(10_000);
  t.is(await fetched, QUOTE.trim());
  await end();
});

test('a server of ours closes a connection that trickles in', async (t) => {
  const { net, peer, end } = await scenario();
  const server = net.createServer((socket) => {
    socket.setEncoding('utf8').once('data', (piece) => socket.end(piece.endsWith('\n') ? QUOTE : 'ERROR\n'));
  });
  await new Promise((resolve) => server.listen(17, resolve));
  const loris = peer.slowLoris(1).connect(17).write('QUOTE\n');
  await loris.closed;
  t.is(loris.received.toString(), 'ERROR\n');
  await end();
});
