import { bitrate, byteSize, cidr, duration, ipAddress, macAddress, moment, ratio } from '@netwright/core';
import test from 'ava';

test('times are milliseconds', (t) => {
  const read = (value: unknown) => duration().parse(value);
  t.deepEqual(['250us', '10ms', '1.5 s', '5 min', '1h', 7].map(read), [0.25, 10, 1500, 300_000, 3_600_000, 7]);
  for (const wrong of ['10', '10 miles', '-1ms', -1, '', 'ms', true]) t.false(duration().safeParse(wrong).success);
});

test('0.3 s is exactly 300 ms', (t) => {
  t.is(duration().parse('0.3s'), 300);
  t.is(duration().parse('1.1ms'), 1.1);
});

test('rates are bits per second, sizes are bytes', (t) => {
  t.deepEqual(
    ['100 mbit', '1gbit', '512kbit', 9].map((each) => bitrate().parse(each)),
    [1e8, 1e9, 512_000, 9],
  );
  t.deepEqual(
    ['64KiB', '1MB', '20 B', 1500].map((each) => byteSize().parse(each)),
    [65536, 1_000_000, 20, 1500],
  );
  t.false(byteSize().safeParse('1mb').success);
});

test('shares lie between 0 and 1', (t) => {
  t.deepEqual(
    ['1%', '100%', '0.25', 0.5].map((each) => ratio().parse(each)),
    [0.01, 1, 0.25, 0.5],
  );
  for (const wrong of ['101%', 1.5, -0.1, '50 percent']) t.false(ratio().safeParse(wrong).success);
});

test('moments are what the calendar says', (t) => {
  for (const text of [
    '1970-01-01T00:00:00Z',
    '2000-02-29T12:34:56Z',
    '2026-01-01T00:00:00Z',
    '2100-03-01T23:59:59.125Z',
  ]) {
    t.is(moment().parse(text), Date.parse(text));
  }
  t.is(moment().parse('2026-11-22'), Date.parse('2026-11-22T00:00:00Z'));
  t.false(moment().safeParse('yesterday').success);
});

test('addresses are read', (t) => {
  t.is(String(cidr().parse('10.0.0.1/24')), '10.0.0.1/24');
  t.is(String(ipAddress().parse('fe80::1')), 'fe80::1');
  t.is(String(macAddress().parse('02-00-00-00-00-0a')), '02:00:00:00:00:0a');
  t.false(ipAddress().safeParse('10.0.0.1/24').success);
});
