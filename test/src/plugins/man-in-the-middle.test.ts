import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CaptureFile,
  Invariants,
  ManInTheMiddle,
  type MiddleConnection,
  type Rewriter,
  type Rewriting,
} from '@netwright/plugins';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { buildLab, type Lab, type NetworkInterface, shippedPlugins, Tcp, type TcpSession } from 'netwright';

interface Bad {
  loss: number;
  reorder: number;
  duplicate: number;
  corrupt: number;
}

const clean: Bad = { loss: 0, reorder: 0, duplicate: 0, corrupt: 0 };

async function between(
  seed: number,
  left: Bad,
  right: Bad,
  middle: object = {},
  tcp: object = {},
  isn = -1,
): Promise<Lab> {
  const layers = ['ethernet', 'arp', 'ipv4', 'icmp', { use: 'tcp', ...tcp }];
  const link = { latency: '5ms', rate: '20mbit' };
  const lab = await buildLab(
    {
      sim: { seed },
      defaults: isn < 0 ? undefined : { override: { 'tcp.isn': { use: 'isn.fixed', value: isn } } },
      topology: {
        nodes: {
          client: { layers, address: '10.0.0.2/24' },
          server: { layers, address: '10.0.0.1/24' },
          mallory: {
            layers: [{ use: 'man-in-the-middle', ...middle }],
            interfaces: { left: {}, right: {} },
          },
        },
        links: [
          { endpoints: ['client', 'mallory:left'], ...link, ...left },
          { endpoints: ['mallory:right', 'server'], ...link, ...right },
        ],
      },
    },
    { plugins: shippedPlugins },
  );
  return lab.start();
}

/** One end: what it is to say, what it has heard. */
class End {
  heard: Uint8Array[] = [];
  ended = false;
  closed: string | null = null;
  private at = 0;
  session: TcpSession | null = null;

  constructor(private readonly says: Uint8Array) {}

  readonly handler = {
    established: (session: TcpSession) => {
      this.session = session;
      this.speak(session);
    },
    data: (bytes: Uint8Array) => {
      this.heard.push(bytes.slice());
    },
    writable: (session: TcpSession) => this.speak(session),
    end: () => {
      this.ended = true;
    },
    closed: (_: TcpSession, error: { code: string } | null) => {
      this.closed = error === null ? 'orderly' : error.code;
    },
  };

  get text(): string {
    return Buffer.concat(this.heard).toString('latin1');
  }

  private speak(session: TcpSession): void {
    while (this.at < this.says.length) {
      const taken = session.write(this.says.subarray(this.at));
      if (taken === 0) return;
      this.at += taken;
    }
    session.shutdown();
  }
}

/** Edits at places of the stream, whatever pieces it comes in; it never waits for more. */
class Scripted implements Rewriter {
  private at = 0;
  private next = 0;
  /** How many bytes the last edit still takes out. */
  private left = 0;

  constructor(private readonly script: readonly { at: number; removed: number; put: Uint8Array }[]) {}

  look(bytes: Uint8Array, _over: boolean, rewriting: Rewriting): number {
    const end = this.at + bytes.length;
    this.takeOut(0, bytes.length, rewriting, NOTHING);
    while (this.next < this.script.length && this.script[this.next].at < end) {
      const { at, removed, put } = this.script[this.next++];
      this.left = removed;
      this.takeOut(at - this.at, end - at, rewriting, put);
    }
    this.at = end;
    return bytes.length;
  }

  private takeOut(place: number, there: number, rewriting: Rewriting, put: Uint8Array): void {
    const now = Math.min(this.left, there);
    if (now > 0 || put.length > 0) rewriting.replace(place, now, put);
    this.left -= now;
  }
}

const NOTHING = new Uint8Array(0);

/** What a script makes of a stream. */
function expected(sent: Uint8Array, script: readonly { at: number; removed: number; put: Uint8Array }[]): string {
  const out: Uint8Array[] = [];
  let done = 0;
  for (const { at, removed, put } of script) {
    if (at >= sent.length) break;
    out.push(sent.subarray(done, at), put);
    done = Math.min(sent.length, at + removed);
  }
  return Buffer.concat([...out, sent.subarray(done)]).toString('latin1');
}

function noise(length: number, key: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i += 32) {
    out.set(
      createHash('sha256')
        .update(`${key} ${i}`)
        .digest()
        .subarray(0, Math.min(32, length - i)),
      i,
    );
  }
  return out;
}

function talk(lab: Lab, client: End, server: End): void {
  const listening = lab.nodes.get('server')?.layer(Tcp);
  listening?.listen({ port: 80, onConnection: () => server.handler });
  lab.nodes.get('client')?.layer(Tcp)?.connect({ address: '10.0.0.1', port: 80, handler: client.handler });
}

const mallory = (lab: Lab) => lab.nodes.get('mallory')?.layer(ManInTheMiddle) as ManInTheMiddle;

/** Holds what leaves on the server's side to the rules that a sender keeps: windows, MSS, checksums, no gap, one FIN. */
function judge(lab: Lab): Invariants {
  const judge = new Invariants();
  const middle = lab.nodes.get('mallory');
  if (middle === undefined) throw new Error('no such node');
  const inner = judge.tap(middle);
  // Whoever stands in the middle hears what is addressed to others.
  const everybody = { mac: { isAt: () => true } } as unknown as NetworkInterface;
  middle.host.watch({
    frame: (direction, packet, via, at) => {
      if (via.name === 'right') inner.frame(direction, packet, everybody, at);
    },
  });
  return judge;
}

const SENDER_RULES = ['INVARIANT_WINDOW', 'INVARIANT_MSS', 'INVARIANT_FIN', 'INVARIANT_CHECKSUM', 'INVARIANT_GAP'];

function broken(judge: Invariants): string[] {
  return judge.problems().flatMap((each) => (SENDER_RULES.includes(each.code) ? each.message : []));
}

async function finish(t: ExecutionContext, lab: Lab): Promise<void> {
  await lab.stop();
  t.is(
    [...lab.nodes.values()].reduce((sum, each) => sum + each.host.pool.inUse, 0),
    0,
  );
}

test('both ends hear what was made of the other’s words, and a form that grew fits its new length', async (t) => {
  const lab = await between(1, clean, clean, {
    replace: [
      { towards: 'server', port: 80, find: 'to=alice', put: 'to=mallory' },
      { towards: 'client', port: 80, find: 'mallory', put: 'alice' },
    ],
  });
  const client = new End(Buffer.from('amount=10&to=alice&when=now'));
  const server = new End(Buffer.from('paid to mallory'));
  talk(lab, client, server);
  await lab.run({ until: 200_000 });
  t.is(server.text, 'amount=10&to=mallory&when=now');
  t.is(client.text, 'paid to alice');
  t.deepEqual([client.closed, server.closed, client.ended, server.ended], ['orderly', 'orderly', true, true]);
  await finish(t, lab);
});

const bad = fc.record({
  loss: fc.constantFrom(0, 0.02, 0.08),
  reorder: fc.constantFrom(0, 0.05),
  duplicate: fc.constantFrom(0, 0.05),
  corrupt: fc.constantFrom(0, 0.02),
});
const script = fc
  .array(
    fc.record({
      gap: fc.nat(9000),
      removed: fc.oneof(fc.nat(20), fc.nat(4000)),
      put: fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 0, max: 5000 }).map((n) => noise(n, n)),
      ),
    }),
    { maxLength: 8 },
  )
  .map((list) => {
    let at = 0;
    return list.map(({ gap, removed, put }) => {
      at += gap;
      const made = { at, removed, put };
      at += removed + 1;
      return made;
    });
  });

test('whatever is lost, late or doubled on either side: the receiver gets exactly the edited stream, and both close', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(10_000),
        left: bad,
        right: bad,
        up: script,
        down: script,
        lengths: fc.tuple(fc.nat(60_000), fc.nat(60_000)),
        window: fc.constantFrom(4096, 65_536, 1_000_000),
        sack: fc.boolean(),
        timestamps: fc.boolean(),
        windowScaling: fc.boolean(),
        isn: fc.constantFrom(0, 0xffffff00, 0x7fffff00),
      }),
      async ({ seed, left, right, up, down, lengths, window, isn, ...tcp }) => {
        const lab = await between(seed, left, right, {}, { receiveBuffer: window, ...tcp }, isn);
        const layer = mallory(lab);
        Object.assign(layer, {
          choices: {
            onConnection: (connection: MiddleConnection) => {
              connection.rewrite('server', new Scripted(up));
              connection.rewrite('client', new Scripted(down));
            },
          },
        });
        const [said, answered] = [noise(lengths[0], seed), noise(lengths[1], seed + 1)];
        const [client, server] = [new End(said), new End(answered)];
        const rules = judge(lab);
        talk(lab, client, server);
        await lab.run({ until: 900_000 });
        const problem = JSON.stringify({
          seed,
          left,
          right,
          up: up.map((e) => [e.at, e.removed, e.put.length]),
          down: down.map((e) => [e.at, e.removed, e.put.length]),
          lengths,
          window,
          tcp,
          isn,
        });
        t.is(server.text === expected(said, up), true, `server ${problem} ${server.text.length} ${client.closed}`);
        t.is(client.text === expected(answered, down), true, `client ${problem} ${client.text.length}`);
        t.deepEqual([client.closed, server.closed], ['orderly', 'orderly'], problem);
        t.deepEqual(broken(rules), [], problem);
        await finish(t, lab);
      },
    ),
    { seed: 5, numRuns: 12, endOnFailure: true },
  );
});

test('what is put into running connections on cue arrives once, in one piece, and what the ends say stays whole', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(10_000),
        left: bad,
        right: bad,
        lengths: fc.tuple(fc.nat(80_000), fc.nat(80_000)),
        cues: fc.array(
          fc.record({
            at: fc.nat(300),
            towards: fc.constantFrom('server', 'client'),
            size: fc.integer({ min: 1, max: 4000 }),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        receiveBuffer: fc.constantFrom(2000, 65_536),
        sack: fc.boolean(),
      }),
      async ({ seed, left, right, lengths, cues, ...tcp }) => {
        const lab = await between(seed, left, right, {}, tcp);
        const [said, answered] = lengths.map((length, i) =>
          Buffer.from(noise(length, seed + i).map((each) => each & 0x7f)),
        );
        const [client, server] = [new End(said), new End(answered)];
        const rules = judge(lab);
        talk(lab, client, server);
        const put = { server: [] as string[], client: [] as string[] };
        for (const { at, towards, size } of cues.sort((a, b) => a.at - b.at)) {
          await lab.run({ until: at + 30 });
          const text = String.fromCharCode(0x80 + put[towards].length).repeat(size);
          const [connection] = mallory(lab).connections;
          if (connection?.inject(towards, Buffer.from(text, 'latin1')) === true) put[towards].push(text);
        }
        await lab.run({ until: 900_000 });
        const problem = JSON.stringify({ seed, left, right, lengths, cues, tcp });
        for (const [end, sent, texts] of [
          [server, said, put.server],
          [client, answered, put.client],
        ] as const) {
          t.is(end.text.replace(/[\x80-\xff]+/g, '') === sent.toString('latin1'), true, problem);
          const found = [...end.text.matchAll(/([\x80-\xff])\1*/g)].map(([each]) => each);
          t.deepEqual(found, texts, problem);
        }
        t.deepEqual([client.closed, server.closed], ['orderly', 'orderly'], problem);
        t.deepEqual(broken(rules), [], problem);
        await finish(t, lab);
      },
    ),
    { seed: 6, numRuns: 12, endOnFailure: true },
  );
});

test('texts are replaced wherever lossy links cut them', async (t) => {
  for (let seed = 1; seed <= 2; seed++) {
    const worst = { loss: 0.05, reorder: 0.05, duplicate: 0.02, corrupt: 0.01 };
    const middle = {
      patience: '10s',
      replace: [
        { towards: 'server', find: 'needle', put: 'a longer thing' },
        { towards: 'client', find: 'haystack', put: '' },
      ],
    };
    const lab = await between(seed, worst, worst, middle, { noDelay: true });
    const said = 'need needles? needneedle '.repeat(3000);
    const answered = 'hay haystack, hayhaystack. '.repeat(2000);
    const [client, server] = [new End(Buffer.from(said)), new End(Buffer.from(answered))];
    talk(lab, client, server);
    await lab.run({ until: 900_000 });
    t.true(server.text === said.replaceAll('needle', 'a longer thing'), `seed ${seed}`);
    t.true(client.text === answered.replaceAll('haystack', ''), `seed ${seed}`);
    t.deepEqual([client.closed, server.closed], ['orderly', 'orderly'], `seed ${seed}`);
    await finish(t, lab);
  }
});

test('nothing is put into a connection that is not open yet, is over, or was there before', async (t) => {
  const lab = await between(1, clean, clean);
  const [client, server] = [new End(Buffer.from('a')), new End(Buffer.from('b'))];
  talk(lab, client, server);
  // The SYN has passed, its answer has not: an acknowledgement in the client's name would open what he may never open.
  await lab.run({ until: 1000, breakWhen: () => mallory(lab).connections.length > 0 });
  const [connection] = mallory(lab).connections;
  t.false(connection.inject('server', Buffer.from('x')));
  await lab.run({ until: 10_000 });
  t.true(connection.closed);
  t.false(connection.inject('client', Buffer.from('x')));
  t.deepEqual([server.text, client.text], ['a', 'b']);
  await finish(t, lab);
});

test('a man in the middle needs two interfaces, and says so', async (t) => {
  const lab = buildLab(
    {
      sim: { seed: 1 },
      topology: {
        nodes: { mallory: { layers: ['man-in-the-middle'], interfaces: { only: { device: 'loopback' } } } },
      },
    },
    { plugins: shippedPlugins },
  );
  await t.throwsAsync(async () => (await lab).start(), { code: 'MIDDLE_INTERFACES' });
});

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
(hasTshark ? test : test.skip)(
  `tshark finds nothing lost, out of order or damaged in the server's capture${hasTshark ? '' : ' (tshark is not installed)'}`,
  async (t) => {
    const lossy = { loss: 0.05, reorder: 0.05, duplicate: 0, corrupt: 0 };
    const middle = { patience: '10s', replace: [{ towards: 'server', find: 'needle', put: 'something longer' }] };
    const lab = await between(3, lossy, clean, middle, { noDelay: true });
    const node = lab.nodes.get('server');
    const file = new CaptureFile({ clock: lab.clock });
    if (node !== undefined) node.host.watch(file.tap(node));
    const said = 'haystack with a needle in it. '.repeat(4000);
    const [client, server] = [new End(Buffer.from(said)), new End(Buffer.from('thank you'))];
    talk(lab, client, server);
    await lab.run({ until: 100 });
    t.true(mallory(lab).connections[0].inject('server', Buffer.from('and this')));
    await lab.run({ until: 600_000 });
    t.true(server.text.length > said.length);
    await finish(t, lab);
    const capture = join(mkdtempSync(join(tmpdir(), 'netwright-middle-')), 'server.pcapng');
    writeFileSync(capture, file.bytes());
    const bad = [
      '_ws.malformed',
      'tcp.checksum.status == 0',
      'tcp.analysis.lost_segment',
      'tcp.analysis.ack_lost_segment',
      'tcp.analysis.out_of_order',
    ].join(' || ');
    const read = (filter: string) =>
      spawnSync('tshark', ['-r', capture, '-o', 'tcp.check_checksum:TRUE', '-Y', filter], { encoding: 'utf8' });
    t.is(read(bad).stdout, '', read(bad).stderr);
    t.true(read('tcp.len > 0').stdout.length > 1000);
  },
);
