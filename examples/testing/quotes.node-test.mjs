// `node --test quotes.node-test.mjs`
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { scenario } from '@netwright/node/testing';
import { fetchQuote } from './quotes.mjs';

const QUOTE = 'be conservative in what you send\n';
let scene;

beforeEach(async () => {
  scene = await scenario();
  scene.peer.listen(17, QUOTE);
});
afterEach(() => scene.end());

const fetched = () => fetchQuote(scene.net.connect, scene.peer.address, 17);

test('a quote comes from a server that behaves', async () => {
  assert.equal(await fetched(), QUOTE.trim());
});

test('a server that resets twice is asked a third time', async () => {
  scene.peer.rstAfter(3);
  const quote = fetched();
  // Two connections meet a bad server, the third one a good one.
  await scene.peer.connected(3);
  scene.peer.behave();
  assert.equal(await quote, QUOTE.trim());
});

test('a server that refuses is given up, with the error that the kernel would give', async () => {
  scene.peer.refuse();
  await assert.rejects(fetched(), { code: 'ECONNREFUSED', syscall: 'connect', address: '10.0.0.2', port: 17 });
});

test('two minutes of silence are over in milliseconds', async () => {
  scene.peer.ignoreSyn();
  await assert.rejects(fetched(), { code: 'ETIMEDOUT' });
  assert.ok(scene.clock.now() > 120_000);
});

test('half a quote is none', async () => {
  scene.peer.halfClose({ received: 1 });
  await assert.rejects(fetched(), { code: 'CUT' });
});

test('a bad line costs time, and no quote', async () => {
  scene.peer.loss(0.3, 'a seed').delay(200).duplicate(0.2);
  assert.equal(await fetched(), QUOTE.trim());
});
