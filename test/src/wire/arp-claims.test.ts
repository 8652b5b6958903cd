import type { Logger } from '@netwright/core';
import { ArpOperation, type ArpOptions, readArp, Tcp } from '@netwright/layers';
import test from 'ava';
import { arpBytes, frame, ip, leftOver, mac, PEER, Rig } from './rig.js';

const OWN = '10.0.0.1';
const RIVAL = { ip: ip(OWN), mac: mac('02:00:00:00:00:99') };
const NOBODY = { ip: ip('0.0.0.0'), mac: RIVAL.mac };
const EVERYBODY = mac('ff:ff:ff:ff:ff:ff');

/** The ARP packets sent so far: 'arp.probe 0.0.0.0 10.0.0.1 at 1234'. */
function sent(rig: Rig): { text: string; at: number }[] {
  return rig.device.take().map(({ bytes, reason, at }) => {
    const header = readArp(new DataView(bytes.buffer), 14, bytes.length - 14);
    if (header?.operation !== ArpOperation.Request) throw new Error('no request');
    return { text: `${reason} ${header.senderIp} ${header.targetIp}`, at };
  });
}

function hears(rig: Rig, operation: 'request' | 'reply', sender: typeof RIVAL, target = ip(OWN)): void {
  rig.device.receive(frame(EVERYBODY, sender.mac, 0x0806, arpBytes(operation, sender, { ip: target })));
}

/** A rig that begins to start, and does not answer for its address yet. */
async function begin(arp: ArpOptions = {}) {
  const rig = new Rig({ arp: { probes: 3, ...arp } });
  let ended: 'started' | string | null = null;
  const start = rig.stack.start().then(
    () => (ended = 'started'),
    (error) => (ended = error.code),
  );
  // Devices open, one after the other.
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return { rig, start, ended: () => ended };
}

// @rfc 5227 S2.1-1 S2.1.1-1 S2.1-2 S2.3-1
test('an address is asked for three times before it is used, and announced twice then', async (t) => {
  const { rig, start } = await begin();
  await rig.clock.settle(start);
  t.true(rig.clock.now() >= 4000 && rig.clock.now() <= 7000, `${rig.clock.now()}`);
  const begun = sent(rig);
  t.deepEqual(
    begun.map(({ text }) => text),
    [...Array(3).fill('arp.probe 0.0.0.0 10.0.0.1'), 'arp.announce 10.0.0.1 10.0.0.1'],
  );
  const [first, second, third, announced] = begun.map(({ at }) => at);
  t.true(first <= 1000);
  for (const gap of [second - first, third - second]) t.true(gap >= 1000 && gap <= 2000, `${gap}`);
  t.true(announced - third >= 2000);
  rig.clock.advance(100_000);
  t.deepEqual(
    sent(rig).map(({ text, at }) => `${text} ${Math.round(at - announced)}`),
    ['arp.announce 10.0.0.1 10.0.0.1 2000'],
    'never again',
  );
  hears(rig, 'request', PEER);
  t.is(rig.device.take().length, 1, 'and now it answers');
});

// @rfc 5227 S2.1.1-2
test('an address that somebody has, or asks for too, is not used: the stack says who, and does not start', async (t) => {
  for (const [operation, sender] of [
    ['reply', RIVAL],
    ['request', RIVAL],
    ['request', NOBODY],
  ] as const) {
    const { rig, start, ended } = await begin();
    rig.clock.advance(1500);
    t.is(ended(), null);
    hears(rig, 'request', PEER);
    t.true(
      rig.device.take().every(({ reason }) => reason === 'arp.probe'),
      'nobody answers for it yet',
    );
    hears(rig, operation, sender);
    await start;
    t.is(ended(), 'ADDRESS_IN_USE');
    rig.clock.run();
    t.is(rig.host.timers.armed, 0);
  }
});

test('own probes that come back, and questions for it by somebody with an address, are no conflict', async (t) => {
  const { rig, start, ended } = await begin();
  rig.clock.advance(1500);
  rig.device.receive(rig.device.take()[0].bytes);
  hears(rig, 'request', PEER);
  hears(rig, 'reply', { ip: ip('10.0.0.7'), mac: RIVAL.mac });
  await rig.clock.settle(start);
  t.is(ended(), 'started');
});

// @rfc 5227 S2.1.1-3
test('after ten conflicts no more than one address a minute is asked for', async (t) => {
  const { rig, start } = await begin({ probes: 1 });
  await rig.clock.settle(start);
  rig.device.take();
  const asked: number[] = [];
  for (let i = 0; i < 13; i++) {
    const claim = rig.arp.claim(ip(`10.0.0.${20 + i}`), rig.eth0);
    while (rig.device.sent.length === 0) rig.clock.advance(100);
    asked.push(sent(rig)[0].at);
    hears(rig, 'reply', { ip: ip(`10.0.0.${20 + i}`), mac: RIVAL.mac }, PEER.ip);
    t.is(`${await rig.clock.settle(claim)}`, `${RIVAL.mac}`);
  }
  t.true(asked[9] - asked[0] < 11_000);
  for (const at of [10, 11, 12]) t.true(asked[at] - asked[at - 1] > 59_000 - 1000, `${asked[at] - asked[at - 1]}`);
});

// @rfc 5227 S2.4-2 S2.4-4
test('an address may be given up, at once or at the second conflict: its connections are reset, and it is answered for no more', async (t) => {
  for (const defend of ['once', 'never'] as const) {
    const rig = new Rig({ arp: { defend } });
    const warnings: string[] = [];
    const logger: Logger = { ...rig.host.logger, warn: (message) => void warnings.push(message) };
    Object.assign(rig.host, { logger });
    const tcp = new Tcp(rig.host);
    rig.ipv4.registerLayer(tcp);
    await rig.stack.start();
    rig.arp.set(PEER.ip, PEER.mac, rig.eth0);
    tcp.connect({ address: PEER.ip, port: 80 });
    rig.device.take();
    if (defend === 'once') {
      hears(rig, 'reply', RIVAL);
      t.deepEqual(
        sent(rig).map(({ text }) => text),
        ['arp.announce.defend 10.0.0.1 10.0.0.1'],
      );
    }
    hears(rig, 'reply', RIVAL);
    t.is(tcp.connections, 0);
    t.is(warnings.at(-1), 'our address is given up: another station uses it');
    rig.device.take();
    hears(rig, 'request', PEER);
    t.is(rig.device.take().length, 0);
    t.is(rig.ipv4.path(PEER.ip), 'ENETUNREACH');
  }
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
