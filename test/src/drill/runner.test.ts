import { type DrillOptions, runScript } from '@netwright/drill';
import test from 'ava';

const OPEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 1000 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 1000,nop,wscale 8>
+.1 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 1100 ecr 100>
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 2964) = 2964
`;
/** The line after OPEN. */
const NEXT = 9;
const SENT = '> P. 1:2965(2964) ack 1 <nop,nop,TS val 200 ecr 1100>';

const run = (text: string, options?: DrillOptions) => runScript('a.pkt', text, options);

test('the script that the others here change passes', async (t) => {
  t.like(await run(`${OPEN}+0 ${SENT}`), { result: 'passed', reason: '', line: 0 });
});

const WRONG: [what: string, line: string, reason: RegExp][] = [
  ['flags', '+0 > . 1:2965(2964) ack 1 <nop,nop,TS val 200 ecr 1100>', /other flags/],
  ['sequence number', '+0 > P. 2:2966(2964) ack 1 <nop,nop,TS val 200 ecr 1100>', /another sequence number/],
  ['length', '+0 > P. 1:2001(2000) ack 1 <nop,nop,TS val 200 ecr 1100>', /another length/],
  ['more than was sent', '+0 > P. 1:3001(3000) ack 1 <nop,nop,TS val 200 ecr 1100>', /another length/],
  ['acknowledgment', '+0 > P. 1:2965(2964) ack 2 <nop,nop,TS val 200 ecr 1100>', /another acknowledgment number/],
  ['window', '+0 > P. 1:2965(2964) ack 1 win 7 <nop,nop,TS val 200 ecr 1100>', /another window/],
  ['no options', '+0 > P. 1:2965(2964) ack 1', /other options/],
  ['order of options', '+0 > P. 1:2965(2964) ack 1 <TS val 200 ecr 1100,nop,nop>', /other options/],
  ['echoed timestamp', '+0 > P. 1:2965(2964) ack 1 <nop,nop,TS val 200 ecr 1099>', /other options/],
  ['ECN bits', '+0 > [ect0] P. 1:2965(2964) ack 1 <...>', /ECN bits 00/],
  ['TTL', '+0 > [ttl 3] P. 1:2965(2964) ack 1 <...>', /TTL 64/],
  ['too early', `+.1 ${SENT}`, /too early/],
  ['nothing more', `+0 ${SENT}\n+0 ${SENT}`, /too late|nothing was sent/],
  ['another protocol', '+0 > udp (100)', /another protocol/],
  ['result of a call', '+0 write(4, ..., 100) = 99', /returns something else/],
  ['error of a call', '+0 connect(4, ..., ...) = -1 EINPROGRESS', /another way/],
  ['a call that blocks', '+0 read(4, ..., 100) = 100', /the call blocks/],
  [
    'a call that returns at another time',
    '+0...1 read(4, ..., 100) = 100\n+.5 < . 1:101(100) ack 1 win 257 <nop,nop,TS val 1200 ecr 100>',
    /another time/,
  ],
  ['a call that never returns', '+0...1 read(4, ..., 100) = 100', /does not return/],
  ['an assertion', '+0 %{ assert tcpi_snd_cwnd == 11, tcpi_snd_cwnd }%', /tcpi_snd_cwnd is 10/],
  ['an option', '+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0', /SO_ERROR/],
  ['events of poll', '+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1', /other events/],
  ['a packet that nobody expects', '+0 close(4) = 0\n+0 > F. 2965:2965(0) ack 1 <...>', /other flags|another sequence/],
];

for (const [what, line, reason] of WRONG) {
  test(`does a script fail on its line where this is wrong: ${what}?`, async (t) => {
    const result = await run(`${OPEN}${line}\n`);
    t.is(result.result, 'failed', result.reason);
    t.regex(result.reason, reason);
    t.true(result.line >= NEXT);
    t.true(result.details.length > 2);
  });
}

test('are a script line, expected and actual shown side by side, with the trace before?', async (t) => {
  const { details } = await run(`${OPEN}+0 > P. 1:2965(2964) ack 7 <...>`);
  const text = details.join('\n');
  t.regex(text, /line 9: \+0 > P\. 1:2965\(2964\) ack 7/);
  t.regex(text, /expected {2}P\. 1:2965\(2964\) ack 7 <\.\.\.>\n {4}actual {4}P\. 1:2965\(2964\) ack 1/);
  t.regex(text, /0\.100 < \. 1:1\(0\) ack 1 win 257/);
});

const SYNTAX: [text: string, reason: RegExp][] = [
  ['+0 > S. 0:0(0)', /^1:15 a segment with ACK/],
  ['+0 < S 0:5(0)', /^1:8 0 and 0 bytes make 0, not 5/],
  ['\n+0 < Q 0:0(0)', /^2:6 expected TCP flags/],
  ['+0 < S 0:0(0) <mss>', /^1:19 expected bytes/],
  ['+0 < S 0:0(0) <what 7>', /"what" is no TCP option/],
  ['socket(..., SOCK_STREAM, 0) = 3', /^1:1 expected the time of an event/],
  ['0 socket(..., SOCK_STREAM, 0 = 3', /expected "\)"/],
  ['0 %{ assert 1', /the code has no end/],
  ['0 `true', /the command has no end/],
  ['/* never ends', /the comment has no end/],
  ['#ifdef A\n0 `true`', /#ifdef without #endif/],
  ['+.2~+.1 > . 1:1(0) ack 1', /ends before it begins/],
  ['+.2....1 read(3, ..., 1) = 0', /returns before it is made/],
];

for (const [text, reason] of SYNTAX) {
  test(`is this a failure with line and column: ${JSON.stringify(text)}?`, async (t) => {
    const result = await run(text);
    t.is(result.result, 'failed');
    t.regex(result.reason, reason);
  });
}

const MISSING: [text: string, what: RegExp][] = [
  ['0 `rm -rf /`', /rm -rf/],
  ['`sysctl -w net.ipv4.tcp_nothing=1`', /tcp_nothing/],
  ['--ip_version=ipv5\n0 `true`', /ipv5/],
  ['--ip_version=ipv6\n--local_ip=192.0.2.7\n0 `true`', /192\.0\.2\.7/],
  ['--whatever=1\n0 `true`', /--whatever/],
  ['0 socket(..., SOCK_SEQPACKET, 0) = 3', /SOCK_SEQPACKET/],
  ['0 vmsplice(3, ..., 1, 0) = 100', /vmsplice/],
  ['0 < gre: . 1:1(0) ack 1', /GRE without an IP header/],
  [`${OPEN}+0 setsockopt(4, IPPROTO_TCP, TCP_NOTHING, [1], 4) = 0`, /TCP_NOTHING/],
  [`${OPEN}+0 %{ assert tcpi_nothing == 1 }%`, /tcpi_nothing/],
  [`${OPEN}+0 %{ import os }%`, /code: import os/],
];

for (const [text, what] of MISSING) {
  test(`is what is not there unsupported, and no failure: ${what.source}?`, async (t) => {
    const result = await run(text);
    t.is(result.result, 'unsupported', result.reason);
    t.regex(result.reason, /^unsupported: /);
    t.regex(result.reason, what);
  });
}

test('is a line of commands read as a shell reads it, with what is for failures left out?', async (t) => {
  const line =
    'sysctl -n net.ipv4.tcp_sack 2>/dev/null || exit 1; sysctl -q net.ipv4.tcp_sack=0 && true # without SACK';
  const text = `\`${line}\`\n${OPEN}`.replace('<mss 1460,sackOK', '<mss 1460,nop,nop');
  t.is((await run(text)).result, 'passed');
  t.regex((await run('`sysctl -w net.ipv4.tcp_nothing=1 || true`')).reason, /tcp_nothing/);
});

test('does the tolerance follow the score: 12.5 % or 4 ms, else 1 ms?', async (t) => {
  const late = (by: string) => `${OPEN}+0 ${SENT}\n${by} > P. 1977:2965(988) ack 1 <nop,nop,TS val 400 ecr 1100>`;
  // The loss probe comes 200 ms later.
  t.is((await run(late('+.2'))).result, 'passed');
  t.is((await run(late('+.224'))).result, 'passed');
  t.is((await run(late('+.23'))).result, 'failed');
  t.is((await run(late('+.2009'), { score: 'strict' })).result, 'passed');
  t.is((await run(late('+.202'), { score: 'strict' })).result, 'failed');
  t.is((await run(`--tolerance_usecs=40000\n${late('+.23')}`)).result, 'passed');
});

test('is PSH not looked at by the score that says so?', async (t) => {
  const text = `${OPEN}+0 > . 1:2965(2964) ack 1 <...>`;
  t.is((await run(text)).result, 'failed');
  t.is((await run(text, { score: 'no-psh' })).result, 'passed');
});

test('are segments not put together where a script says --strict_segments?', async (t) => {
  t.is((await run(`--strict_segments\n${OPEN}+0 ${SENT}`)).result, 'failed');
});

test('is what comes after the last event no failure?', async (t) => {
  t.is((await run(`${OPEN}+5 %{ print(tcpi_state) }%`)).result, 'passed');
});

test('do names stand for what -D, --define and #define say?', async (t) => {
  const text = `#ifdef LATER\n0 nothing() = 0\n#else\n${OPEN}+0 > P. 1:END(2964) ack 1 <...>\n#endif\n`;
  t.is((await run(text, { defines: new Map([['END', '2965']]) })).result, 'passed');
  t.is((await run(`--define=END=2965\n${text}`)).result, 'passed');
  t.is((await run(`#define END 2965\n${text}`)).result, 'passed');
  t.is((await run(text, { defines: new Map([['LATER', '']]) })).result, 'unsupported');
});

test("does the profile 'freebsd' offer what FreeBSD offers, in its order?", async (t) => {
  const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>
+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 100>
+.1 < . 1:1(0) ack 1 win 1024 <nop,nop,TS val 200 ecr 100>
+0 < . 1001:2001(1000) ack 1 win 1024 <nop,nop,TS val 200 ecr 100>
+0 > . 1:1(0) ack 1 <nop,nop,TS val 200 ecr 200,nop,nop,sack 1001:2001>
`;
  t.like(await run(text, { profile: 'freebsd' }), { result: 'passed', reason: '' });
});

test('does a script give the same result each time?', async (t) => {
  const text = `${OPEN}+0 > P. 1:2965(2964) ack 9 <...>`;
  t.deepEqual(await run(text), await run(text));
});
