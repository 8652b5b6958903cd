import { runScript } from '@netwright/drill';
import test from 'ava';

const SOCKET = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n';
const run = (code: string) => runScript('a.pkt', `${SOCKET}+0 %{${code}}%\n`);

const HOLDS: [what: string, code: string][] = [
  ['an assertion with a message', ' assert 1 + 1 == 2, "sum" '],
  ['chained comparisons', ' assert 1 < 2 <= 2 != 3 > -1; assert not 1 < 3 < 2 '],
  ['precedence', ' assert 2 + 3 * 4 ** 2 // 5 % 7 == 4 and -2 ** 2 == -4 and 1 | 2 ^ 3 & 1 << 1 == 1 '],
  ['floors', ' assert -7 // 2 == -4 and -7 % 3 == 2 and 7 / 2 == 3.5 and ~5 == -6'],
  ['and and or that stop early', ' assert 1 or tcpi_nothing; assert not (0 and tcpi_nothing)'],
  ['in and not in', ' assert 2 in (1, 2) and 3 not in [1, 2] and "b" in "abc" and 0 not in range(1, 5, 2)'],
  ['True, None and is', ' x = None\nassert x is None and True == 1 and not False and 1 is not None'],
  ['a choice in an expression', ' assert (1 if tcpi_state == TCP_CLOSE else 2) == 1'],
  [
    'if, elif and else',
    '\nx = 2\nif x == 1:\n  y = "a"\nelif x == 2:\n  y = "b"\nelse:\n  assert False\nassert y == "b"\n',
  ],
  ['a suite on the line', '\nif 1: x = 3; y = 4\nelse: x = 0\nassert (x, y) == (3, 4)\n'],
  ['an if on the first line', 'if True:\n     a = 1\n     if a:\n        a = 2\nassert a == 2\n'],
  [
    'a deep block that ends at once',
    '\n  for i in range(3):\n    if i == 1:\n      if True:\n        x = i\n  assert x == 1\n',
  ],
  [
    'break and continue',
    '\nn = 0\nfor i in range(10):\n  if i % 2: continue\n  if i > 6: break\n  n += i\nassert n == 12\n',
  ],
  ['while', '\nn = 10\nwhile n > 3:\n  n -= 2\nassert n == 2\n'],
  ['for over pairs', '\nt = 0\nfor a, b in [(1, 2), (3, 4)]:\n  t += a * b\nassert t == 14\n'],
  [
    'def with defaults and names',
    '\ndef f(a, b=2, c=3):\n  return a + b * c\nassert f(1) == 7 and f(1, c=1) == 3 and f(1, 1, 1) == 2\n',
  ],
  ['def that calls itself', '\ndef f(n):\n  if n < 2:\n    return 1\n  return n * f(n - 1)\nassert f(10) == 3628800\n'],
  ['def that returns nothing', '\ndef f(): pass\nassert f() is None\n'],
  ['names of a function are its own', '\nx = 1\ndef f():\n  x = 2\n  return x\nassert f() == 2 and x == 1\n'],
  [
    'functions that are there',
    ' assert abs(-3) == 3 and min(2, 1) == 1 and max([1, 5]) == 5 and int("0x1f", 16) == 31',
  ],
  ['more functions', ' assert len("abc") == 3 and sum(range(4)) == 6 and round(2.5) == 2 and round(1.26, 1) == 1.3'],
  [
    'strings with %',
    ' assert "%d of %5.1f, %s %x %%" % (3, 2.25, "a", 255) in ("3 of   2.3, a ff %", "3 of   2.2, a ff %")',
  ],
  ['f-strings', ` x = 5\nassert f"{x} {x + 1:>4} {x:03d} {1.5:.2f} {'a'!r} {{}} {x=}" == "5    6 005 1.50 'a' {} x=5"`],
  ['strings that follow one another', ' assert "a" \'b\' == "ab" and "a" * 3 == "aaa" and "\\n" != "n"'],
  ['lines in brackets', '\nassert (1 +\n   2) == 3, \\\n  "x"\n'],
  ['comments', ' # nothing\n# more\nassert 7 // 2 == 3 # three\n'],
  ['lists', ' a = [1]\na.append(2)\nassert a == [1, 2] and a[0] == 1 and a[-1] == 2 and len(a + a) == 4'],
  ['print of both Pythons', ' print("a", 1, sep="-")\nprint tcpi_state\nprint("x %d" % 1)'],
];

for (const [what, code] of HOLDS) {
  test(`does code do what Python does: ${what}?`, async (t) => {
    const { result, reason, details } = await run(code);
    t.is(result, 'passed', [reason, ...details].join('\n'));
  });
}

const FAILS: [code: string, reason: RegExp, line: number][] = [
  ['\nfor i in range(3):\n  assert i < 2, "i is %d" % i\n', /the assertion does not hold/, 2],
  [' assert tcpi_state == TCP_ESTABLISHED, f"it is {tcpi_state}" ', /the assertion does not hold/, 2],
  [' x = 1 // 0', /a division by zero/, 2],
  [' x = "a" + 1', /is no number/, 2],
  [' x = [1][3]', /an index out of range/, 2],
  [' def f(a): pass\nf()', /is not given a/, 2],
  ['\nassert 1 ==\n', /expected a value, found the end/, 3],
  ['\nif 1:\nassert 1\n', /expected an indented block/, 4],
  [' x = ?', /"\?" means nothing in code/, 2],
];

for (const [code, reason, line] of FAILS) {
  test(`does code fail as Python does: ${code.trim().replaceAll('\n', ' ')}?`, async (t) => {
    const result = await run(code);
    t.is(result.result, 'failed', result.reason);
    t.regex(result.reason, reason);
    t.is(result.line, line);
  });
}

const REFUSED = [
  ' import os',
  ' x = {1: 2}',
  ' x = [i for i in range(3)]',
  ' f = lambda: 1',
  ' x = open("a")',
  ' x = "a".upper()',
  '\nclass A:\n  pass\n',
  '\ntry:\n  pass\nexcept:\n  pass\n',
  '\ndef f():\n  def g(): pass\n',
  '\nwhile True: pass\n',
  '\ndef f(): f()\nf()\n',
];

for (const code of REFUSED) {
  test(`is what is beyond a script unsupported: ${code.trim().replaceAll('\n', ' ')}?`, async (t) => {
    const { result, reason } = await run(code);
    t.is(result, 'unsupported', reason);
    t.regex(reason, /^unsupported: code: /);
  });
}

test('do names and functions of a block last until the end of the script?', async (t) => {
  const text = `${SOCKET}+0 %{\nbefore = tcpi_state\ndef same(a):\n  return a == before\n}%\n+1 %{ assert same(tcpi_state) }%\n`;
  t.is((await runScript('a.pkt', text)).result, 'passed');
  t.is((await runScript('a.pkt', `${SOCKET}+0 %{ assert before }%`)).result, 'unsupported');
});
