import { type Fields, NetwrightError, parseExpression } from '@netwright/core';
import test from 'ava';

const frame: Fields = {
  'tcp.flags': 'SA',
  'tcp.seq': 5555,
  'tcp.srcport': 7777,
  'ip.src': '10.0.0.1',
  'tcp.bad': false,
};
const holds = (text: string) => parseExpression(text)(frame);

test('fields are compared with words, texts, numbers and other fields', (t) => {
  t.true(holds('tcp.flags == SA'));
  t.true(holds('tcp.flags == "SA"'));
  t.true(holds("tcp.flags == 'SA'"));
  t.true(holds('tcp.seq == 5555'));
  t.true(holds('tcp.seq == 0x15b3'));
  t.true(holds('ip.src == 10.0.0.1'));
  t.true(holds('tcp.seq != tcp.srcport'));
  t.false(holds('tcp.flags != SA'));
  t.true(holds('tcp.bad == false'));
});

test('numbers are ordered', (t) => {
  t.true(holds('tcp.seq < 5556 && tcp.seq <= 5555 && tcp.seq > 5554 && tcp.seq >= 5555'));
  t.false(holds('tcp.seq < 5555'));
  t.false(holds('tcp.seq > 5555'));
});

test('and binds closer than or, not closer than both, parentheses closest', (t) => {
  t.true(holds('tcp.seq == 5555 || tcp.seq == 1 && tcp.seq == 2'));
  t.false(holds('(tcp.seq == 5555 || tcp.seq == 1) && tcp.seq == 2'));
  t.true(holds('!tcp.seq == 1 || !(tcp.seq == 5555)') === !holds('tcp.seq == 1'));
  t.true(holds('!!tcp.seq'));
});

test('a field alone asks whether it is there, a prefix whether anything under it is', (t) => {
  t.true(holds('tcp.seq'));
  t.true(holds('tcp'));
  t.false(holds('udp'));
  t.false(holds('tc'));
  t.false(holds('tcp.bad'));
});

test('a comparison with a field that is not there is false either way', (t) => {
  t.false(holds('udp.srcport == 53'));
  t.false(holds('udp.srcport != 53'));
  t.true(holds('!(udp.srcport == 53)'));
});

test('what cannot be read says where and why', (t) => {
  const cases: [string, number, string][] = [
    ['', 1, 'too soon'],
    ['tcp.seq ==', 11, 'value is missing'],
    ['tcp.seq == 1 tcp', 14, 'one too many'],
    ['(tcp.seq', 9, '")" is missing'],
    ['tcp.seq ~ 1', 9, 'no meaning'],
    ['5 == tcp.seq', 1, 'not a field'],
    ['a && && b', 6, 'not a field'],
  ];
  for (const [text, at, why] of cases) {
    const error = t.throws(() => parseExpression(text), { instanceOf: NetwrightError });
    t.is(error?.code, 'EXPRESSION_SYNTAX');
    t.true(error?.message.includes(`at character ${at}: `), error?.message);
    t.true(error?.message.includes(why), error?.message);
  }
});
