import { addSums, IpAddress } from '@netwright/core';
import { Mld, type MldOptions, RecordKind, readMldQuery, readMldReport, Udp, writeMldReport } from '@netwright/layers';
import test from 'ava';
import { frame, ip, mac, sum } from './rig.js';
import { Rig6 } from './rig6.js';

const ROUTER = { ip: ip('fe80::fe'), mac: mac('02:00:00:00:00:fe') };
const NAMES = Object.fromEntries(Object.entries(RecordKind).map(([name, kind]) => [kind, name]));
const GROUP = 'ff05::1234';
const REPORT = 'to ff02::16';

async function listener(options: MldOptions = {}, addresses?: string[][]) {
  const rig = new Rig6(addresses === undefined ? {} : { addresses, ipv6: { linkLocal: false } });
  const mld = new Mld(rig.host, options);
  const udp = new Udp(rig.host);
  rig.ethernet.registerLayer(mld);
  rig.ipv6.registerLayer(mld).registerLayer(udp);
  rig.icmpv6.registerLayer(mld);
  await rig.stack.start();
  mld.start();
  return { rig, mld, socket: udp.open({ port: 5000 }), clock: rig.clock };
}

const addressBytes = (address: string) => {
  const bytes = new Uint8Array(16);
  ip(address).write(new DataView(bytes.buffer), 0);
  return [...bytes];
};

const query = (group = '::', sources: string[] = [], code = 10_000) => [
  ...[130, 0, 0, 0, code >>> 8, code & 255, 0, 0, ...addressBytes(group)],
  ...[2, 125, 0, sources.length, ...sources.flatMap(addressBytes)],
];
const query1 = (group = '::', code = 10_000) => query(group, [], code).slice(0, 24);

interface Sent {
  source?: IpAddress;
  hopLimit?: number;
  alert?: boolean;
}

/** Gives the rig a message of the router to a group. */
function give(
  rig: Rig6,
  body: number[],
  destination: string,
  { source = ROUTER.ip, hopLimit = 1, alert = true }: Sent = {},
) {
  const options = alert ? [58, 0, 5, 2, 0, 0, 1, 0] : [];
  const bytes = new Uint8Array(40 + options.length + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x60, 0, 0, 0, 0, options.length + body.length, alert ? 0 : 58, hopLimit]);
  source.write(view, 8);
  ip(destination).write(view, 24);
  bytes.set([...options, ...body], 40);
  const at = 40 + options.length;
  const pseudo = addSums(sum(bytes.subarray(8, 40)), 58 + body.length);
  view.setUint16(at + 2, ~addSums(sum(bytes.subarray(at)), pseudo) & 0xffff);
  const low = ip(destination).d >>> 0;
  const hex = [24, 16, 8, 0].map((shift) => ((low >>> shift) & 255).toString(16).padStart(2, '0'));
  rig.device.receive(frame(mac(`33:33:${hex.join(':')}`), ROUTER.mac, 0x86dd, bytes));
}

/** What was sent since: 'to ff02::16 ToExclude ff05::1 from …', or the type of version 1. */
function told(rig: Rig6): string[] {
  return rig.device
    .take()
    .filter(({ bytes }) => bytes[20] === 0)
    .flatMap(({ bytes }) => {
      const view = new DataView(bytes.buffer);
      const [source, destination] = [22, 38].map((at) => IpAddress.read(view, at, 16));
      if (bytes[21] !== 1 || !`${source}`.startsWith('fe80::') || `${bytes.slice(54, 62)}` !== '58,0,5,2,0,0,1,0')
        throw new Error('not as RFC 3810 section 5 has it');
      const pseudo = addSums(sum(bytes.subarray(22, 54)), 58 + bytes.length - 62);
      if (addSums(sum(bytes.subarray(62)), pseudo) !== 0xffff) throw new Error('checksum');
      const records = readMldReport(view, 62, bytes.length - 62);
      if (records === undefined) return [`to ${destination} ${bytes[62]} ${IpAddress.read(view, 70, 16)}`];
      return records.map((each) => [`to ${destination} ${NAMES[each.kind]} ${each.group}`, ...each.sources].join(' '));
    })
    .filter((each) => !each.includes('ff02::1:ff'));
}

// @rfc 3810 S6.1-1 S6.1-2 S5.2.14-1 S5-1
test('listening to a group is told at once, and once more within a second; so is the end of it', async (t) => {
  const { rig, socket, clock } = await listener();
  clock.advance(5000);
  told(rig);
  socket.join(ip(GROUP));
  clock.advance(60_000);
  t.deepEqual(told(rig), [`${REPORT} ToExclude ${GROUP}`, `${REPORT} ToExclude ${GROUP}`]);
  socket.leave(ip(GROUP));
  clock.advance(60_000);
  t.deepEqual(told(rig), [`${REPORT} ToInclude ${GROUP}`, `${REPORT} ToInclude ${GROUP}`]);
});

// @rfc 3810 S6-1 S5.2.13-1
test('the groups of discovery are told, all nodes never, and nothing that stays in the node', async (t) => {
  const { rig, socket } = await listener({ robustness: 1 });
  const first = rig.device.take().filter(({ bytes }) => bytes[20] === 0);
  const groups = first.flatMap(({ bytes }) =>
    (readMldReport(new DataView(bytes.buffer), 62, bytes.length - 62) ?? []).map(({ group }) => `${group}`),
  );
  t.true(groups.length > 0 && groups.every((each) => each.startsWith('ff02::1:ff')), groups.join());
  socket.join(ip('ff01::7'));
  t.deepEqual(told(rig), []);
  const lone = await listener({ robustness: 1 }, [['fd00::1/64']]);
  const [report] = lone.rig.device.take().filter(({ bytes }) => bytes[20] === 0);
  t.true(IpAddress.read(new DataView(report.bytes.buffer), 22, 16).isAny, 'without a link-local address from ::');
});

// @rfc 3810 S6.1-1 S6.2-1 S6.2-2 S6.2-3
test('queries are answered after a random time, with what is heard of the sources that are named', async (t) => {
  const { rig, socket, clock } = await listener();
  const sources = ['2001:db8::1', '2001:db8::2'];
  socket.join(ip(GROUP), null, ip(sources[0]));
  t.deepEqual(told(rig), [`${REPORT} Allow ${GROUP} ${sources[0]}`]);
  clock.advance(5000);
  told(rig);
  give(rig, query(), 'ff02::1');
  t.deepEqual(told(rig), [], 'never at once');
  clock.advance(10_000);
  t.deepEqual(told(rig), [`${REPORT} IsInclude ${GROUP} ${sources[0]}`]);
  give(rig, query(GROUP, sources, 1000), GROUP);
  clock.advance(1000);
  t.deepEqual(told(rig), [`${REPORT} IsInclude ${GROUP} ${sources[0]}`]);
  give(rig, query(GROUP, sources.slice(1), 1000), GROUP);
  give(rig, query('ff05::9', [], 1000), 'ff02::1');
  clock.advance(1000);
  t.deepEqual(told(rig), []);
});

// @rfc 3810 S8.2.1-1 S8.2.1-2 S8.2.1-3
// @rfc 2710 S4-1 S4-2 S4-3
test('beside a router of version 1 the host speaks version 1, until none has been heard for 260 s', async (t) => {
  const { rig, mld, socket, clock } = await listener();
  clock.advance(5000);
  give(rig, query1(), 'ff02::1');
  t.is(mld.version(rig.eth0), 1);
  clock.advance(10_000);
  told(rig);
  socket.join(ip(GROUP));
  clock.advance(10_000);
  t.deepEqual(told(rig), [`to ${GROUP} 131 ${GROUP}`, `to ${GROUP} 131 ${GROUP}`]);
  give(rig, query1(GROUP, 1000), GROUP);
  give(rig, [131, 0, 0, 0, 0, 0, 0, 0, ...addressBytes(GROUP)], GROUP, { source: ip('fe80::77') });
  clock.advance(1000);
  t.deepEqual(told(rig), [], "another's report is enough");
  give(rig, query1(GROUP, 1000), GROUP);
  clock.advance(1000);
  t.deepEqual(told(rig), [`to ${GROUP} 131 ${GROUP}`]);
  socket.leave(ip(GROUP));
  t.deepEqual(told(rig), [`to ff02::2 132 ${GROUP}`]);
  clock.advance(261_000);
  t.is(mld.version(rig.eth0), 2);
});

// @rfc 3810 S5.1.14-1 S6.2-4 S8.1-1
// @rfc 2710 S5-1
test('queries that were not sent by a router on the link are ignored', async (t) => {
  const { rig, mld, socket, clock } = await listener();
  socket.join(ip(GROUP));
  clock.advance(5000);
  told(rig);
  give(rig, query(), 'ff02::1', { source: ip('2001:db8::fe') });
  give(rig, query(), 'ff02::1', { hopLimit: 2 });
  give(rig, query(), 'ff02::1', { alert: false });
  give(rig, query().slice(0, 26), 'ff02::1');
  give(rig, query().slice(0, 20), 'ff02::1');
  give(rig, [...query().slice(0, 26), 0, 9], 'ff02::1');
  clock.advance(60_000);
  t.deepEqual(told(rig), []);
  t.deepEqual([mld.counters.queries, mld.counters.queriesIgnored], [6, 6]);
});

// @rfc 3810 S5.1.3-1
test('a report that was written is read back, and large times are numbers with an exponent', (t) => {
  const records = [
    { kind: RecordKind.Allow, group: ip(GROUP), sources: [ip('2001:db8::1'), ip('2001:db8::2')] },
    { kind: RecordKind.ToExclude, group: ip('ff05::2'), sources: [] },
  ];
  const view = new DataView(new ArrayBuffer(100));
  writeMldReport(view, 0, records);
  t.deepEqual(readMldReport(view, 0, 80), records);
  t.is(readMldReport(view, 0, 79), undefined);
  const read = (code: number) => {
    const bytes = Uint8Array.from(query('::', [], code));
    return readMldQuery(new DataView(bytes.buffer), 0, bytes.length)?.within;
  };
  t.deepEqual([read(32_767), read(0x8000), read(0xffff)], [32_767, 32_768, 8_387_584]);
});

test('a stack that stops leaves nothing behind', async (t) => {
  const { rig, mld, socket, clock } = await listener();
  socket.join(ip(GROUP));
  t.true(Number(mld.inspect()['held.reports']) > 0);
  mld.stop();
  socket.close();
  t.is(mld.inspect()['held.reports'], 0);
  await rig.stack.stop();
  clock.run();
  t.is(rig.inUse, 0);
});
