// One test for each way in which the interface to programs goes wrong in a simpler stack.
import { buildLab, type NetwrightError, override, type Verdict, type VirtualClock } from '@netwright/core';
import {
  Dns,
  decodeMessage,
  encodeResponse,
  FixedSequence,
  type SegmentView,
  TCP_ISN,
  Tcp,
  TcpApplication,
  type TcpSession,
  Udp,
  UdpApplication,
} from '@netwright/layers';
import test from 'ava';
import { shippedPlugins } from 'netwright';

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));

/** Two stacks of everything, a millisecond apart. */
async function two(dns: Record<string, unknown> = {}) {
  const layers = ['ethernet', 'arp', 'ipv4', 'icmp', 'udp', 'tcp', { use: 'dns', ...dns }];
  const lab = await buildLab(
    {
      sim: { seed: 1 },
      defaults: { layers },
      topology: {
        nodes: { a: { address: '10.0.0.1/24' }, b: { address: '10.0.0.2/24' } },
        links: [{ endpoints: ['a', 'b'], latency: '1ms' }],
      },
    },
    { plugins: shippedPlugins },
  );
  await lab.start();
  const [a, b] = [...lab.nodes.values()].map((stack) => ({
    stack,
    tcp: stack.layer(Tcp) as Tcp,
    udp: stack.layer(Udp) as Udp,
    dns: stack.layer(Dns) as Dns,
  }));
  const put = <App extends TcpApplication | UdpApplication>(on: typeof a, app: App): App => {
    if (app instanceof TcpApplication) on.tcp.registerLayer(app);
    else on.udp.registerLayer(app);
    return app;
  };
  const clock = lab.clock as VirtualClock;
  const settle = <T>(promise: Promise<T>) => clock.settle(promise);
  const wait = (ms: number) => clock.advance(ms);
  return { lab, a, b, put, settle, wait };
}

test('payload is delivered whatever it looks like, and on whatever port', async (t) => {
  const { a, b, put, settle, wait } = await two();
  const web = put(b, new TcpApplication());
  web.bind(53).listen();
  const client = put(a, new TcpApplication());
  await settle(client.connect('10.0.0.2', 53));
  client.sendPacket('GET / HTTP/1.0\r\n\r\n');
  wait(100);
  t.is(text(web.fetchData()), 'GET / HTTP/1.0\r\n\r\n');
});

test('two stacks of one process know nothing of each other', async (t) => {
  const one = await two({ hosts: { 'host.lab': '10.0.0.2' } });
  const other = await two({ hosts: { 'host.lab': '10.9.9.9' } });
  t.is(`${await one.settle(one.a.dns.lookup('host.lab'))}`, '10.0.0.2');
  t.is(`${await other.settle(other.a.dns.lookup('host.lab'))}`, '10.9.9.9');
  t.not(one.a.stack.host.pool, other.a.stack.host.pool);
});

test('clients of one application are kept apart, and the end of each is told', async (t) => {
  const { a, b, put, settle, wait } = await two();
  class Server extends TcpApplication {
    readonly ended: string[] = [];
    override endReceived(session: TcpSession): void {
      this.ended.push(`${session.id.remotePort}`);
      super.endReceived(session);
    }
  }
  const server = put(b, new Server());
  server.bind(9).listen();
  const [first, second] = [put(a, new TcpApplication()), put(a, new TcpApplication())];
  const sessions = [await settle(first.connect('10.0.0.2', 9)), await settle(second.connect('10.0.0.2', 9))];
  first.sendPacket('from the first');
  second.sendPacket('from the second');
  wait(100);
  const heard = new Map(b.tcp.sessions().map((each) => [each.id.remotePort, text(server.fetchData(99, each))]));
  t.deepEqual(
    sessions.map((each) => heard.get(each.id.localPort)),
    ['from the first', 'from the second'],
  );
  first.close();
  wait(100);
  t.deepEqual(server.ended, [`${sessions[0].id.localPort}`]);
});

test('the error that ends a connection is told', async (t) => {
  const { a, b, put, settle, wait } = await two();
  const told: (string | null)[] = [];
  class Client extends TcpApplication {
    override connectionLost(_session: TcpSession, error: NetwrightError | null): void {
      told.push(error?.code ?? null);
    }
  }
  b.tcp.listen({ port: 9, onConnection: () => ({ data: (_bytes, session) => session.abort() }) });
  const client = put(a, new Client());
  await settle(client.connect('10.0.0.2', 9));
  client.sendPacket('hello');
  const waiting = client.nextData();
  wait(100);
  await t.throwsAsync(waiting, { code: 'ECONNRESET' });
  t.deepEqual(told, ['ECONNRESET']);
});

test('who does not read is not sent to without end, and the writer is told when there is room', async (t) => {
  const { a, b, put, settle, wait } = await two();
  const slow = put(b, new TcpApplication());
  slow.bind(9, slow, false, { settings: { receiveBuffer: 20_000 } }).listen();
  let room = 0;
  class Client extends TcpApplication {
    override writable(): void {
      room++;
    }
  }
  const client = put(a, new Client());
  await settle(client.connect('10.0.0.2', 9, { settings: { sendBuffer: 30_000 } }));
  const taken = client.sendPacket(new Uint8Array(100_000));
  t.is(taken, 30_000);
  wait(5000);
  t.is(room, 1, 'once twenty of the thirty thousand are gone');
  t.true(client.sendPacket(new Uint8Array(100_000)) < 100_000);
  wait(5000);
  let got = 0;
  for (let i = 0; i < 100; i++) {
    got += slow.fetchData().length;
    wait(1000);
  }
  t.is(got, 50_000);
});

test('hooks decide: what arrives is dropped or changed, what leaves is dropped, delayed or added to', async (t) => {
  const { a, b, put, settle, wait } = await two();
  class Server extends TcpApplication {
    override hookIncoming(segment: SegmentView): Verdict {
      if (segment.payload.length === 3) segment.payload.set([0x4f, 0x4e, 0x45]);
      return segment.window === 77 ? 'drop' : 'pass';
    }
  }
  class Client extends TcpApplication {
    held = 0;
    override hookOutgoing(segment: SegmentView): Verdict {
      if (segment.payload.length !== 4) return 'pass';
      return this.held++ === 0 ? 'drop' : { delay: 50 };
    }
  }
  const server = put(b, new Server());
  server.bind(9).listen();
  const client = put(a, new Client());
  const session = await settle(client.connect('10.0.0.2', 9));
  client.sendPacket('one');
  wait(10);
  t.is(text(server.fetchData()), 'ONE');
  client.sendPacket('four');
  wait(10);
  t.is(text(server.fetchData()), '');
  wait(2000);
  t.is(text(server.fetchData()), 'four', 'sent again, and a little later');
  t.is(session.sender.retransmissions, 1);
  client.injectOutgoing((segment) => {
    segment.window = 77;
    segment.payload = new TextEncoder().encode('nobody sees this');
  });
  wait(100);
  t.is(text(server.fetchData()), '');
});

test('a UDP port in use is not free, and a closed one is answered by ICMP', async (t) => {
  const { a, b, put, wait } = await two();
  const server = put(b, new UdpApplication());
  t.true(b.udp.isPortFree(9));
  server.bind(9);
  t.false(b.udp.isPortFree(9));
  t.throws(() => put(b, new UdpApplication()).bind(9), { code: 'EADDRINUSE' });
  const told: string[] = [];
  class Client extends UdpApplication {
    override errorReceived(error: NetwrightError): void {
      told.push(error.code);
    }
  }
  const client = put(a, new Client());
  client.connectThen('10.0.0.2', 10, () => {});
  client.sendPacket('anybody?');
  wait(100);
  t.deepEqual(told, ['ECONNREFUSED']);
});

test('a datagram has its sender, its bounds, and a port of its own', async (t) => {
  const { a, b, put, wait } = await two();
  const server = put(b, new UdpApplication());
  server.bind(9);
  const client = put(a, new UdpApplication());
  client.connectThen('10.0.0.2', 9, () => {});
  client.sendPacket('first');
  client.sendPacket('second');
  wait(100);
  t.not(client.localPort, 0);
  const first = server.fetchDataFrom();
  t.is(`${first?.from.address} ${first?.from.port}`, `10.0.0.1 ${client.localPort}`);
  t.is(text(first?.data), 'first');
  t.is(text(server.fetchData()), 'second');
});

test('every address is an address and not a name, also where an answer has one', async (t) => {
  const { a, b, settle } = await two({ servers: ['10.0.0.2'] });
  const socket = b.udp.open({ port: 53 });
  let queries = 0;
  socket.onMessage = (data, from) => {
    const query = decodeMessage(data);
    if (query === undefined) return;
    queries++;
    const answers = [{ name: query.questions[0].name, type: 'A', ttl: 60, data: '1.2.3.4' }];
    socket.send(encodeResponse({ ...query, response: true, answers }), from.port, from.address);
  };
  for (const address of ['192.168.1.1', '8.8.8.8', '1.1.1.1', '10.0.0.200', '255.255.255.255']) {
    t.is(`${await settle(a.dns.lookup(address))}`, address);
  }
  t.is(queries, 0);
  t.is(`${await settle(a.dns.lookup('short.lab'))}`, '1.2.3.4');
  t.is(`${await settle(a.dns.lookup('short.lab'))}`, '1.2.3.4');
  t.is(queries, 1, 'the second time it is known');
});

test('an answer from somebody who was not asked is not believed, however well it fits', async (t) => {
  const { a, b, settle } = await two({ servers: ['10.0.0.2'], timeout: 100, attempts: 2 });
  const asked = b.udp.open({ port: 53 });
  const forger = b.udp.open({ port: 54 });
  let forged = 0;
  asked.onMessage = (data, from) => {
    const query = decodeMessage(data);
    if (query === undefined) return;
    forged++;
    const answers = [{ name: query.questions[0].name, type: 'A', ttl: 60, data: '6.6.6.6' }];
    forger.send(encodeResponse({ ...query, response: true, answers }), from.port, from.address);
  };
  await t.throwsAsync(settle(a.dns.lookup('host.lab')), { code: 'ETIMEOUT' });
  t.is(forged, 2, 'it was asked again');
});

test('an override is for one application, and the other is as it was', async (t) => {
  const { a, b, put, settle } = await two();
  const five = override(TCP_ISN, { value: new FixedSequence(5555) });
  put(b, new TcpApplication())
    .bind(1, undefined, false, { overrides: [five] })
    .listen();
  put(b, new TcpApplication()).bind(2).listen();
  const first = await settle(put(a, new TcpApplication()).connect('10.0.0.2', 1));
  const second = await settle(put(a, new TcpApplication()).connect('10.0.0.2', 2));
  t.is(first.receiver.irs, 5555);
  t.not(second.receiver.irs, 5555);
});

test('a stop takes no time, tells the peers, and leaves nothing behind', async (t) => {
  const { lab, a, b, put, settle, wait } = await two();
  put(b, new TcpApplication()).bind(9).listen();
  const client = put(a, new TcpApplication());
  await settle(client.connect('10.0.0.2', 9));
  const before = lab.clock.now();
  await b.stack.stop();
  t.is(lab.clock.now(), before);
  const waiting = client.nextData();
  wait(100);
  await t.throwsAsync(waiting, { code: 'ECONNRESET' });
  t.is(b.tcp.connections, 0);
  await lab.stop();
  t.is(a.stack.host.pool.inUse, 0);
  t.is(a.stack.host.timers.armed, 0);
});

test('accept() gives a connection, and reading ends with the stream', async (t) => {
  const { a, b, put, settle } = await two();
  const server = put(b, new TcpApplication());
  server.bind(9).listen();
  const accepting = server.accept();
  const client = put(a, new TcpApplication());
  await settle(client.connect('10.0.0.2', 9));
  const accepted = await settle(accepting);
  client.sendPacket('the only line');
  t.is(text(await settle(accepted.nextData())), 'the only line');
  client.close();
  t.is((await settle(accepted.nextData())).length, 0);
  t.is((await settle(accepted.nextData())).length, 0, 'as often as one asks');
});

test('two clients in one moment are two accepts', async (t) => {
  const { a, b, put, settle } = await two();
  const server = put(b, new TcpApplication());
  server.bind(9, new TcpApplication(), true).listen();
  const clients = [put(a, new TcpApplication()), put(a, new TcpApplication())];
  await settle(Promise.all(clients.map((each) => each.connect('10.0.0.2', 9))));
  const accepted = await settle(Promise.all([server.accept(), server.accept()]));
  t.not(accepted[0], accepted[1]);
  t.not(accepted[0].session, accepted[1].session);
});

test('a failed connect leaves an application that can connect', async (t) => {
  const { a, b, put, settle } = await two();
  const client = put(a, new TcpApplication());
  await t.throwsAsync(settle(client.connect('10.0.0.2', 9)), { code: 'ECONNREFUSED' });
  put(b, new TcpApplication()).bind(9).listen();
  await settle(client.connect('10.0.0.2', 9));
  t.is(client.session?.writable, true);
});
