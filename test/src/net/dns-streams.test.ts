import { type Host, type IpAddress, Layer, layer } from '@netwright/core';
import {
  Deframer,
  Dns,
  type DnsMessage,
  type DnsOptions,
  DnsServer,
  decodeMessage,
  encodeQuery,
  encodeResponse,
  framed,
  type StreamConnector,
  type StreamHandler,
  Udp,
} from '@netwright/layers';
import test from 'ava';
import { PEER, Rig } from '../wire/rig.js';
import { answer, lab, RECORDS } from './dns-lab.js';

/** A tcp layer that answers what it is asked at once, from a table of its own. */
class Streams extends Layer implements StreamConnector {
  readonly connected: string[] = [];
  /** How each connection ended, in order of its end. */
  readonly ends: string[] = [];
  readonly handlers: StreamHandler[] = [];
  constructor(
    private readonly later: (action: () => void) => void,
    private readonly respond: (query: DnsMessage) => DnsMessage | null,
    /** Whether null means that nothing is said; else that the connection ends. */
    private readonly silent = false,
  ) {
    super();
  }
  override receive(): void {}
  connect({ address, port, handler }: { address: IpAddress; port: number; handler: StreamHandler }) {
    this.connected.push(`${address} ${port}`);
    this.handlers.push(handler);
    const deframer = new Deframer();
    return {
      write: (bytes: Uint8Array) => {
        for (const each of deframer.push(bytes)) {
          const query = decodeMessage(each);
          const response = query === undefined ? null : this.respond(query);
          this.later(() => {
            if (response === null) return this.silent ? undefined : handler.closed();
            const stream = framed(encodeResponse(response));
            handler.data(stream.subarray(0, 5));
            handler.data(stream.subarray(5));
          });
        }
        return bytes.length;
      },
      abort: () => void this.ends.push('aborted'),
      close: () => void this.ends.push('closed'),
    };
  }
}
layer({ name: 'tcp', over: [] })(Streams);

function large(respond: (query: DnsMessage) => DnsMessage | null, options: DnsOptions = {}, silent = false) {
  const records = ['many.example', 'more.example', 'most.example'].flatMap((name) =>
    Array.from({ length: 100 }, (_, i) => ({ name, data: `10.1.0.${i}` })),
  );
  const stage = lab({ servers: ['10.0.0.53'], ...options });
  const server = new DnsServer(stage.segment.stations[0].host, { records });
  stage.at('10.0.0.53').registerLayer(server);
  const streams = new Streams(
    (action) => stage.segment.clock.alarm(action).set(stage.segment.clock.now() + 1),
    respond,
    silent,
  );
  return { ...stage, server, streams };
}

// @rfc 1035 S4.2.1-1
// @rfc 2181 S9-1
test('an answer that does not fit into a datagram is fetched over a stream, from the same server', async (t) => {
  const { segment, dns, server, streams } = large((query) => server.zone.answer(query));
  streams.registerLayer(dns);
  const addresses = await segment.clock.settle(dns.lookupAll('many.example', { family: 4 }));
  t.is(addresses.length, 100);
  t.is(server.counters.truncated, 1);
  t.deepEqual(streams.connected, ['10.0.0.53 53']);
});

// @rfc 7766 S6.2.4-1
test('without a stream, or when it is closed, the next server is asked, and the error says why', async (t) => {
  const without = large(() => null);
  const error = await t.throwsAsync(without.segment.clock.settle(without.dns.lookup('many.example')), {
    code: 'ESERVFAIL',
  });
  t.regex(error?.message ?? '', /does not fit into a datagram/);
  const closed = large(() => null);
  closed.streams.registerLayer(closed.dns);
  await t.throwsAsync(closed.segment.clock.settle(closed.dns.lookup('many.example')), { code: 'ESERVFAIL' });
  t.is(closed.dns.host.timers.armed, 0);
});

const MANY = ['many.example', 'more.example', 'most.example'];
const all = (stage: ReturnType<typeof large>, names: readonly string[]) =>
  stage.segment.clock.settle(Promise.all(names.map((each) => stage.dns.lookupAll(each, { family: 4 }))));

// @rfc 7766 S6.2.1-1 S6.2.1.1-1 S6.2.2-1 S6.2.3-1 S7-1
test('questions to one server share a connection, which ends when nothing has been asked for two seconds', async (t) => {
  const asked: number[] = [];
  const stage: ReturnType<typeof large> = large((query) => {
    asked.push(query.id);
    return stage.server.zone.answer(query);
  });
  const { segment, dns, streams } = stage;
  streams.registerLayer(dns);
  const found = await all(stage, MANY);
  t.deepEqual(
    found.map((each) => each.length),
    [100, 100, 100],
  );
  t.is(new Set(asked).size, 3, 'each with an id of its own');
  t.is(streams.connected.length, 1);
  segment.clock.advance(1900);
  dns.cache.clear();
  await all(stage, MANY.slice(0, 1));
  t.is(streams.connected.length, 1, 'and used again');
  t.is(dns.inspect()['held.connections'], 1);
  segment.clock.advance(2000);
  t.deepEqual(streams.ends, ['closed']);
  t.is(dns.inspect()['held.connections'], 0);
  dns.cache.clear();
  await all(stage, MANY.slice(0, 1));
  t.is(streams.connected.length, 2);
  dns.stop();
  t.is(dns.inspect()['held.connections'], 0);
});

test('answers may come in any order, and what belongs to no question is ignored', async (t) => {
  const later: DnsMessage[] = [];
  const stage: ReturnType<typeof large> = large(
    (query) => {
      later.unshift(query);
      return null;
    },
    {},
    true,
  );
  const { dns, streams } = stage;
  streams.registerLayer(dns);
  const found = all(stage, MANY);
  stage.segment.clock.advance(50);
  t.is(later.length, 3);
  const [handler] = streams.handlers;
  handler.data(framed(encodeResponse({ ...answer(later[0]), id: (later[0].id + 77) & 0xffff })));
  handler.data(framed(encodeResponse({ ...answer(later[0]), questions: later[1].questions })));
  handler.data(framed(Uint8Array.of(1, 2, 3)));
  t.is(dns.counters.ignored, 3);
  for (const [index, query] of later.entries()) {
    handler.data(framed(encodeResponse(answer(query, `10.0.0.${index}`))));
  }
  t.deepEqual(
    (await found).map(([first]) => `${first}`),
    ['10.0.0.2', '10.0.0.1', '10.0.0.0'],
  );
});

// @rfc 7766 S6.2.4-1
test('a server that ends a connection which it had answered on is asked again on a new one', async (t) => {
  const stage: ReturnType<typeof large> = large((query) => stage.server.zone.answer(query));
  const { dns, streams } = stage;
  streams.registerLayer(dns);
  await all(stage, MANY.slice(0, 1));
  const question = dns.lookupAll('more.example', { family: 4 });
  stage.segment.clock.advance(2);
  streams.handlers[0].end?.();
  t.is((await stage.segment.clock.settle(question)).length, 100);
  t.deepEqual(streams.connected, ['10.0.0.53 53', '10.0.0.53 53']);
  t.is(dns.counters.timeouts, 0);
});

test('a connection on which a question waits in vain is given up, and the next attempt has a new one', async (t) => {
  let dead = true;
  const stage: ReturnType<typeof large> = large((query) => (dead ? null : stage.server.zone.answer(query)), {}, true);
  const { dns, streams } = stage;
  streams.registerLayer(dns);
  const question = dns.lookupAll('many.example', { family: 4 });
  stage.segment.clock.advance(1500);
  dead = false;
  t.is((await stage.segment.clock.settle(question)).length, 100);
  t.deepEqual([streams.connected.length, dns.counters.timeouts, streams.ends], [2, 1, ['aborted']]);
});

// @rfc 7766 S6.2.3-2
test('a server ends a connection on which nothing is asked for ten seconds', (t) => {
  const { segment } = lab();
  const { accept, state } = listening(segment.stations[0].host);
  const handler = accept();
  segment.clock.advance(9000);
  handler.data(framed(encodeQuery(1, { name: 'www.example', type: 'A' }, 0)));
  segment.clock.advance(9999);
  t.is(state.over, '');
  segment.clock.advance(1);
  t.is(state.over, 'closed');
  const other = accept();
  other.closed();
  segment.clock.run();
  t.is(segment.stations[0].host.timers.armed, 0);
});

// @rfc 5452 S9.2-4
test('a resolver with several addresses in one network asks from all of them, in no order', async (t) => {
  const rig = new Rig({ addresses: [['10.0.0.1/24', '10.0.0.7/24', '10.0.0.8/24', '10.9.0.1/24']] });
  const udp = new Udp(rig.host);
  const dns = new Dns(rig.host, { servers: ['10.0.0.2'], attempts: 1 });
  rig.ipv4.registerLayer(udp);
  udp.registerLayer(dns);
  await rig.stack.start();
  rig.arp.set(PEER.ip, PEER.mac, rig.eth0);
  const asked: Promise<unknown>[] = [];
  for (let i = 0; i < 60; i++) asked.push(dns.lookup(`n${i}.example`, { family: 4 }).catch(() => {}));
  const sources = rig.device.take().map(({ bytes }) => [...bytes.subarray(26, 30)].join('.'));
  t.is(sources.length, 60);
  t.deepEqual([...new Set(sources)].sort(), ['10.0.0.1', '10.0.0.7', '10.0.0.8']);
  t.true(sources.slice(1).some((each, at) => each !== sources[at]));
  dns.stop();
  await Promise.all(asked);
});

/** A server of the records, on a tcp layer that hands it connections. */
function listening(host: Host) {
  const server = new DnsServer(host, { records: RECORDS });
  const written: Uint8Array[] = [];
  const state = { over: '' };
  const stream = {
    write: (bytes: Uint8Array) => written.push(bytes.slice()) && bytes.length,
    abort: () => {
      state.over = 'aborted';
    },
    close: () => {
      state.over = 'closed';
    },
  };
  type Handler = { data(bytes: Uint8Array): void; end(): void; closed(): void };
  let accept: () => Handler = () => {
    throw new Error('nobody listens');
  };
  class Listening extends Layer {
    override receive(): void {}
    listen({ onConnection }: { onConnection(accepted: typeof stream): Handler }) {
      accept = () => onConnection(stream);
      return { close() {} };
    }
  }
  layer({ name: 'tcp', over: [] })(Listening);
  new Listening().registerLayer(server);
  server.start();
  return { accept, written, state };
}

// @rfc 7766 S6.2.1-1 S6.2.1.1-2 S7-1 S8-1 S8-2 S5-2
// @rfc 1035 S4.2.2-2
test('a server takes questions on a stream as they come, cut anywhere and several at once, and answers each', async (t) => {
  const { segment } = lab();
  const { accept, written, state } = listening(segment.stations[0].host);
  const handler = accept();
  const queries = ['www.example', 'six.example', 'nowhere.example'].map((name, i) =>
    framed(encodeQuery(i + 1, { name, type: 'A' }, 0)),
  );
  const bytes = Uint8Array.from(queries.flatMap((each) => [...each]));
  handler.data(bytes.subarray(0, 1));
  handler.data(bytes.subarray(1, 10));
  t.deepEqual([written.length, state.over], [0, ''], 'what is not there yet is waited for');
  handler.data(bytes.subarray(10));
  const answers = written.map((each) => new Deframer().push(each).map((one) => decodeMessage(one) as DnsMessage));
  t.deepEqual(
    answers.map((each) => each.map(({ id, questions, rcode }) => `${id} ${questions[0].name} ${rcode}`)),
    [['1 www.example NOERROR'], ['2 six.example NOERROR'], ['3 nowhere.example NXDOMAIN']],
    'each with its length, in one piece',
  );
  t.is(state.over, '');
  handler.end();
  t.is(state.over, 'closed');
});
