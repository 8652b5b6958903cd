import {
  Igmp,
  type IgmpOptions,
  type IgmpRecord,
  IgmpType,
  packRecords,
  RecordKind,
  readIgmpQuery,
  readIgmpReport,
  readIpv4,
  Udp,
  writeIgmpReport,
} from '@netwright/layers';
import test from 'ava';
import { frame, ip, ipBytes, leftOver, mac, Rig, sum } from './rig.js';

const ROUTER = { ip: ip('10.0.0.254'), mac: mac('02:00:00:00:00:fe') };
const ALERT = Uint8Array.of(148, 4, 0, 0);
const NAMES = Object.fromEntries(Object.entries(RecordKind).map(([name, kind]) => [kind, name]));

async function member(options: IgmpOptions = {}) {
  const rig = new Rig();
  const igmp = new Igmp(rig.host, options);
  const udp = new Udp(rig.host);
  rig.ipv4.registerLayer(igmp).registerLayer(udp);
  await rig.stack.start();
  igmp.start();
  const socket = udp.open({ port: 5000 });
  return { rig, igmp, socket, clock: rig.clock };
}

/** A message with its checksum. */
function sealed(...bytes: number[]): Uint8Array {
  const message = Uint8Array.from(bytes);
  message.fill(0, 2, 4);
  const checksum = ~sum(message) & 0xffff;
  message.set([checksum >>> 8, checksum & 0xff], 2);
  return message;
}

const addressBytes = (text: string) => text.split('.').map(Number);

/** Gives the rig a message of the router. */
function give(rig: Rig, message: Uint8Array, destination: string, options: Uint8Array = ALERT): void {
  const header = { protocol: 2, source: ROUTER.ip, destination: ip(destination), ttl: 1, options };
  const low = ip(destination).d & 0x7fffff;
  const to = mac(
    `01:00:5e:${[low >>> 16, (low >>> 8) & 255, low & 255].map((each) => each.toString(16).padStart(2, '0')).join(':')}`,
  );
  rig.device.receive(frame(to, ROUTER.mac, 0x0800, ipBytes(message, header)));
}

const query3 = (group = '0.0.0.0', sources: string[] = [], code = 100) =>
  sealed(0x11, code, 0, 0, ...addressBytes(group), 2, 125, 0, sources.length, ...sources.flatMap(addressBytes));
const query2 = (group = '0.0.0.0', code = 100) => sealed(0x11, code, 0, 0, ...addressBytes(group));

/** What was sent since: 'to IsInclude 239.1.1.1 from …', or the type of an older version. */
function told(rig: Rig): string[] {
  return rig.device
    .take()
    .filter(({ bytes }) => bytes[23] === 2)
    .flatMap(({ bytes }) => {
      const view = new DataView(bytes.buffer);
      const header = readIpv4(view, 14, bytes.length - 14);
      if (typeof header === 'string') throw new Error(header);
      if (header.ttl !== 1 || header.trafficClass !== 0xc0 || `${header.options}` !== `${ALERT}`)
        throw new Error('not as RFC 3376 section 4 has it');
      if (sum(bytes.subarray(38)) !== 0xffff) throw new Error('checksum');
      const records = readIgmpReport(view, 38, bytes.length - 38);
      const group = [...bytes.subarray(42, 46)].join('.');
      if (records === undefined) return [`to ${header.destination} ${bytes[38].toString(16)} ${group}`];
      return records.map(
        (each) =>
          `to ${header.destination} ${NAMES[each.kind]} ${each.group}${each.sources.map((from) => ` ${from}`).join('')}`,
      );
    });
}

const REPORT = 'to 224.0.0.22';

// @rfc 3376 S4.2.12-1 S5.1-1 S5.1-2 S4-1
// @rfc 1112 S7.2-5
test('joining and leaving a group is told at once, and once more within a second', async (t) => {
  const { rig, socket, clock } = await member();
  t.deepEqual(told(rig), [], '224.0.0.1 is never told');
  socket.join(ip('239.1.1.1'));
  t.deepEqual(told(rig), [`${REPORT} ToExclude 239.1.1.1`]);
  clock.advance(1000);
  t.deepEqual(told(rig), [`${REPORT} ToExclude 239.1.1.1`]);
  clock.advance(60_000);
  t.deepEqual(told(rig), []);
  socket.leave(ip('239.1.1.1'));
  clock.advance(60_000);
  t.deepEqual(told(rig), [`${REPORT} ToInclude 239.1.1.1`, `${REPORT} ToInclude 239.1.1.1`]);
});

// @rfc 3376 S5.1-1
test('sources are told as they come and go, and a join for all sources overrides them', async (t) => {
  const { rig, socket, clock } = await member({ robustness: 1 });
  const group = ip('232.1.1.1');
  socket.join(group, null, ip('192.0.2.1'));
  socket.join(group, null, ip('192.0.2.2'));
  socket.leave(group, null, ip('192.0.2.1'));
  t.deepEqual(told(rig), [
    `${REPORT} Allow 232.1.1.1 192.0.2.1`,
    `${REPORT} Allow 232.1.1.1 192.0.2.2`,
    `${REPORT} Block 232.1.1.1 192.0.2.1`,
  ]);
  rig.ipv4.groups.join(group, rig.eth0);
  rig.ipv4.groups.leave(group, rig.eth0);
  t.deepEqual(told(rig), [`${REPORT} ToExclude 232.1.1.1`, `${REPORT} ToInclude 232.1.1.1 192.0.2.2`]);
  socket.close();
  t.deepEqual(told(rig), [`${REPORT} Block 232.1.1.1 192.0.2.2`]);
  clock.run();
  t.is(rig.host.timers.armed, 0);
});

// @rfc 3376 S5.1-3
test('a change that overtakes another one is merged with it, and each is told as often as it should', async (t) => {
  const { rig, socket, clock } = await member();
  const group = ip('232.1.1.1');
  socket.join(group, null, ip('192.0.2.1'));
  socket.join(group, null, ip('192.0.2.2'));
  t.deepEqual(told(rig), [`${REPORT} Allow 232.1.1.1 192.0.2.1`, `${REPORT} Allow 232.1.1.1 192.0.2.1 192.0.2.2`]);
  clock.advance(1000);
  t.deepEqual(told(rig), [`${REPORT} Allow 232.1.1.1 192.0.2.2`]);
  rig.ipv4.groups.join(group, rig.eth0);
  socket.leave(group, null, ip('192.0.2.1'));
  clock.advance(5000);
  t.deepEqual(told(rig), [`${REPORT} ToExclude 232.1.1.1`, `${REPORT} ToExclude 232.1.1.1`]);
});

// @rfc 3376 S5.2-1 S5.2-2
test('a general query is answered after a random time, with all groups in one report', async (t) => {
  const { rig, socket, clock } = await member();
  socket.join(ip('239.1.1.1'));
  socket.join(ip('232.1.1.1'), null, ip('192.0.2.1'));
  clock.advance(5000);
  told(rig);
  give(rig, query3(), '224.0.0.1');
  t.deepEqual(told(rig), [], 'never at once');
  const before = clock.now();
  while (rig.device.sent.length === 0) clock.advance(10);
  t.true(clock.now() - before <= 10_000);
  t.deepEqual(told(rig), [`${REPORT} IsExclude 239.1.1.1`, `${REPORT} IsInclude 232.1.1.1 192.0.2.1`]);
  clock.advance(20_000);
  t.deepEqual(told(rig), []);
});

// @rfc 3376 S5.2-3
test('a query for a group, or for sources of it, is answered where there is something to say', async (t) => {
  const { rig, socket, clock } = await member();
  socket.join(ip('239.1.1.1'));
  socket.join(ip('232.1.1.1'), null, ip('192.0.2.1'));
  clock.advance(5000);
  told(rig);
  const answers = (...queries: [string, string[]?][]) => {
    for (const [group, sources] of queries) give(rig, query3(group, sources, 10), group);
    clock.advance(1000);
    return told(rig).map((each) => each.slice(REPORT.length + 1));
  };
  t.deepEqual(answers(['239.1.1.1']), ['IsExclude 239.1.1.1']);
  t.deepEqual(answers(['239.1.1.1', ['192.0.2.9']]), ['IsInclude 239.1.1.1 192.0.2.9'], 'none is blocked');
  t.deepEqual(answers(['232.1.1.1', ['192.0.2.1', '192.0.2.2']]), ['IsInclude 232.1.1.1 192.0.2.1']);
  t.deepEqual(answers(['232.1.1.1', ['192.0.2.2']]), [], 'not heard from there');
  t.deepEqual(answers(['239.9.9.9']), [], 'no member');
  const merged = answers(['239.1.1.1', ['192.0.2.8']], ['239.1.1.1', ['192.0.2.9']]);
  t.deepEqual(merged, ['IsInclude 239.1.1.1 192.0.2.8 192.0.2.9'], 'two questions, one answer');
  t.deepEqual(answers(['239.1.1.1', ['192.0.2.8']], ['239.1.1.1']), ['IsExclude 239.1.1.1']);
  const many = Array.from({ length: 70 }, (_, i) => `192.0.2.${i}`);
  t.deepEqual(answers(['239.1.1.1', many]), ['IsExclude 239.1.1.1'], 'no more than 64 are remembered');
});

// @rfc 3376 S7.2.1-1 S7.2.1-2 S7.2.1-3 S8.12-1
// @rfc 2236 S3-1 S3-2 S3-3 S3-4
test('beside a router of version 2 the host speaks version 2, until none has been heard for 260 s', async (t) => {
  const { rig, igmp, socket, clock } = await member();
  give(rig, query2(), '224.0.0.1');
  t.is(igmp.version(rig.eth0), 2);
  socket.join(ip('239.1.1.1'));
  t.deepEqual(told(rig), ['to 239.1.1.1 16 239.1.1.1']);
  clock.advance(10_000);
  t.deepEqual(told(rig), ['to 239.1.1.1 16 239.1.1.1'], 'once more');
  give(rig, query2(), '224.0.0.1');
  clock.advance(10_000);
  t.deepEqual(told(rig), ['to 239.1.1.1 16 239.1.1.1']);
  give(rig, query2('239.1.1.1', 10), '239.1.1.1');
  give(rig, sealed(0x16, 0, 0, 0, 239, 1, 1, 1), '239.1.1.1');
  clock.advance(2000);
  t.deepEqual(told(rig), [], "another's report is enough");
  socket.leave(ip('239.1.1.1'));
  t.deepEqual(told(rig), ['to 224.0.0.2 17 239.1.1.1']);
  give(rig, query2(), '224.0.0.1');
  clock.advance(259_000);
  t.is(igmp.version(rig.eth0), 2);
  clock.advance(2000);
  t.is(igmp.version(rig.eth0), 3);
  socket.join(ip('239.1.1.1'));
  t.deepEqual(told(rig), [`${REPORT} ToExclude 239.1.1.1`]);
});

// @rfc 3376 S7.2.1-1 S7.2.1-4
// @rfc 2236 S4-1 S4-2
test('beside a router of version 1 there is no leave, and 10 s are meant where it says 0', async (t) => {
  const { rig, igmp, socket, clock } = await member();
  socket.join(ip('239.1.1.1'));
  told(rig);
  give(rig, query2('0.0.0.0', 0), '224.0.0.1', new Uint8Array(0));
  t.is(igmp.version(rig.eth0), 1);
  clock.advance(10_000);
  t.deepEqual(told(rig), ['to 239.1.1.1 12 239.1.1.1'], 'what was still to be told in version 3 is not');
  give(rig, query2(), '224.0.0.1');
  t.is(igmp.version(rig.eth0), 1, 'the oldest decides');
  socket.leave(ip('239.1.1.1'));
  clock.advance(20_000);
  t.deepEqual(told(rig), []);
});

// @rfc 3376 S4.1.2-1 S9.1-1 S9.1-2 S7.1-1
test('queries that cannot be meant are ignored', async (t) => {
  const { rig, igmp, socket, clock } = await member();
  socket.join(ip('239.1.1.1'));
  clock.advance(5000);
  told(rig);
  const broken = query3();
  broken[5] ^= 1;
  give(rig, broken, '224.0.0.1');
  give(rig, query3(), '224.0.0.1', new Uint8Array(0));
  give(rig, query2(), '224.0.0.1', new Uint8Array(0));
  give(rig, query3(), '239.1.1.1');
  give(rig, sealed(0x11, 100, 0, 0, 0, 0, 0, 0, 2, 125), '224.0.0.1');
  give(rig, sealed(0x11, 100, 0, 0, 0, 0, 0, 0, 2, 125, 0, 9), '224.0.0.1');
  give(rig, sealed(0x11, 100, 0, 0), '224.0.0.1');
  give(rig, sealed(0x77, 100, 0, 0, 0, 0, 0, 0), '224.0.0.1');
  clock.advance(60_000);
  t.deepEqual(told(rig), []);
  const { badChecksum, queriesIgnored, tooShort, others } = igmp.counters;
  t.deepEqual([badChecksum, queriesIgnored, tooShort, others], [1, 5, 1, 1]);
});

// @rfc 3376 S4.2.16-1 S4.2.10-1 S4.2.11-1
test('a report is as long as the link allows: more records go into more reports, and long ones are split', (t) => {
  const sources = Array.from({ length: 500 }, (_, i) => ip(`10.0.${i >>> 8}.${i & 255}`));
  const records: IgmpRecord[] = [
    { kind: RecordKind.Allow, group: ip('232.1.1.1'), sources },
    { kind: RecordKind.IsExclude, group: ip('239.1.1.1'), sources: [] },
  ];
  const packed = packRecords(records, 1500 - 24 - 8, 8, 4);
  t.deepEqual(
    packed.map((each) => each.map((record) => record.sources.length)),
    [[365], [135, 0]],
  );
  t.deepEqual(
    packed
      .flat()
      .slice(0, 2)
      .flatMap((each) => each.sources),
    sources,
  );
  const bytes = new Uint8Array(200);
  const view = new DataView(bytes.buffer);
  writeIgmpReport(view, 0, [{ ...records[0], sources: sources.slice(0, 3) }, records[1]]);
  t.deepEqual(readIgmpReport(view, 0, 36), [{ ...records[0], sources: sources.slice(0, 3) }, records[1]]);
  t.is(readIgmpReport(view, 0, 35), undefined);
  bytes[9] = 1;
  bytes.copyWithin(32, 28, 36);
  t.is(readIgmpReport(view, 0, 40)?.length, 2, 'other data is passed over');
});

// @rfc 3376 S4.1.1-1
test('times from 128 on are numbers with an exponent', (t) => {
  const query = (code: number, qqic: number) => {
    const bytes = Uint8Array.of(IgmpType.Query, code, 0, 0, 0, 0, 0, 0, 2, qqic, 0, 0);
    const read = readIgmpQuery(new DataView(bytes.buffer), 0, 12);
    return [read?.within, read?.interval];
  };
  t.deepEqual(query(127, 127), [12_700, 127_000]);
  t.deepEqual(query(128, 0x8f), [12_800, 248_000]);
  t.deepEqual(query(255, 255), [3_174_400, 31_744_000]);
});

test('a stack that stops takes its groups back and leaves nothing behind', async (t) => {
  const { rig, igmp, socket, clock } = await member();
  socket.join(ip('239.1.1.1'));
  give(rig, query3(), '224.0.0.1');
  t.true(Number(igmp.inspect()['held.reports']) > 0);
  igmp.stop();
  t.is(igmp.inspect()['held.reports'], 0);
  socket.close();
  clock.run();
  t.is(rig.host.timers.armed, 0);
});

test.after('no packet is left over in any stack of these tests', (t) => {
  t.is(leftOver(), 0);
});
