import { reason, token } from '@netwright/core';
import { Trace, TraceFormatter, type TraceOptions } from '@netwright/plugins';
import test from 'ava';
import { arp, conversation, ethernet, hosts, icmp, ipv4, udp } from './frames.js';

function lines(frames: Uint8Array[], options: Pick<TraceOptions, 'only' | 'absolute'> = {}): string[] {
  const formatter = new TraceFormatter(options);
  return frames.map((frame) => formatter.line(frame, 0, '', null)).filter((line) => line !== null);
}

test('a connection reads as tcpdump would print it, its numbers counted from the SYN', (t) => {
  t.deepEqual(lines(conversation()), [
    '00:00:00.000000 IP 10.0.0.1.49152 > 10.0.0.2.7777: Flags [S], seq 1000, win 65535, options [mss 1460,sackOK,TS val 1 ecr 0,nop,wscale 7], length 0',
    '00:00:00.000000 IP 10.0.0.2.7777 > 10.0.0.1.49152: Flags [S.], seq 5555, ack 1, win 65535, options [mss 1460], length 0',
    '00:00:00.000000 IP 10.0.0.1.49152 > 10.0.0.2.7777: Flags [.], ack 1, win 65535, length 0',
    '00:00:00.000000 IP 10.0.0.1.49152 > 10.0.0.2.7777: Flags [P.], seq 1:6, ack 1, win 65535, length 5',
    '00:00:00.000000 IP 10.0.0.1.49152 > 10.0.0.2.7777: Flags [F.], seq 6, ack 1, win 65535, length 0',
  ]);
});

test('absolute numbers are those on the wire', (t) => {
  t.regex(lines(conversation(), { absolute: true })[3], /seq 1001:1006, ack 5556/);
});

test('only the handshake: its three segments, also when a data segment repeats their numbers', (t) => {
  const frames = conversation();
  t.is(lines([...frames, frames[3]], { only: 'handshake' }).length, 3);
  t.is(lines(frames, { only: 'lifecycle' }).length, 4);
});

test('ARP, ICMP, UDP, DNS, tags and fragments have lines of their own', (t) => {
  const question = udp(5000, 53, [0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 97, 0, 0, 1, 0, 1]);
  t.deepEqual(
    lines([
      arp(1),
      icmp(8, 0, [0, 5, 0, 9, 1]),
      icmp(3, 4, [0, 0, 5, 0]),
      udp(1, 2, [1, 2, 3]),
      question,
      ethernet(0x0800, ipv4(17, [0, 1, 0, 2, 0, 8, 0, 0]), 42),
      ethernet(0x0800, ipv4(17, [1, 2, 3, 4, 5, 6, 7, 8], { fragment: 0x2002 })),
      ethernet(0x88cc, [1]),
      arp(1).subarray(0, 20),
    ]).map((line) => line.slice('00:00:00.000000 '.length)),
    [
      'ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28',
      'IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 5, seq 9, length 9',
      'IP 10.0.0.1 > 10.0.0.2: ICMP need to frag unreachable (mtu 1280), length 8',
      'IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 3',
      'IP 10.0.0.1.5000 > 10.0.0.2.53: 9 A? a. (19)',
      'vlan 42, IP 10.0.0.1.1 > 10.0.0.2.2: UDP, length 0',
      'IP 10.0.0.1 > 10.0.0.2: proto 17, length 28 (frag 7:8@16+)',
      '02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 0x88cc, length 15',
      '02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype 0x0806, length 20 [malformed]',
    ],
  );
});

test('a watched lab shows each frame once, with its sender, time and reason', async (t) => {
  const world = hosts();
  const printed: string[] = [];
  const trace = new Trace({ print: (line) => printed.push(line), verbose: true });
  for (const { host } of [world.srv, world.cli]) host.watch(trace.tapOf(() => host.name));
  await world.open();
  const isn = token<unknown>('test.isn');
  world.clock.advance(10);
  world.transmit(world.srv.eth0, conversation()[1], (packet) => {
    packet.reason = reason('test.synack', isn);
    packet.decider = { decidedBy: () => 'isn.fixed, demo.yaml:12:7' };
  });
  world.clock.run();
  t.is(printed.length, 2);
  t.regex(printed[0], /^00:00:00\.010000 srv:eth0 > IP 10\.0\.0\.2\.7777 > .*seq 5555/);
  t.is(printed[1], '  └ test.synack (test.isn: isn.fixed, demo.yaml:12:7)');
});

test('a single watched stack shows both directions', async (t) => {
  const world = hosts();
  const printed: string[] = [];
  const trace = new Trace({ print: (line) => printed.push(line) });
  world.cli.host.watch(trace.tapOf(() => 'cli'));
  await world.open();
  world.transmit(world.srv.eth0, arp(1));
  world.transmit(world.cli.eth0, arp(2));
  world.clock.run();
  t.deepEqual(
    printed.map((line) => line.slice(0, 26)),
    ['00:00:00.000000 cli:eth0 >', '00:00:00.010000 cli:eth0 <'],
  );
});
