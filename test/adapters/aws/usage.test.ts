import { expect, it } from 'vitest';
import { fieldsOf, lackingIn, readRecord } from '../../../adapters/aws/usage/record.ts';
import { isSought, wholeness } from '../../../adapters/aws/usage/whole.ts';
import { DEFAULT_FORMAT, formatOf } from '../../../simulators/aws/flow-logs.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';

const DEFAULT = fieldsOf(DEFAULT_FORMAT) ?? [];
const T = 1_700_000_000 * SECOND_MS;

/** Records of the user guide ("Flow log record examples"), the ids as long as they are today. */
it.each([
  [
    '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
    { status: 'OK', from: ['172.31.16.139'], port: 22, protocol: 6, isAccepted: true, start: 1_418_530_010_000 },
  ],
  [
    '2 123456789010 eni-0b1 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
    { status: 'OK', port: 3389, isAccepted: false },
  ],
  [
    '2 123456789010 eni-0b1 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK',
    { from: ['2001:db8:1234:a100:8d6e:3477:df66:f105'], port: 22 },
  ],
  ['2 123456789010 eni-0b1 - - - - - - - 1431280876 1431280934 - NODATA', { status: 'NODATA', from: [] }],
  ['2 123456789010 eni-0b1 - - - - - - - 1431280876 1431280934 - SKIPDATA', { status: 'SKIPDATA' }],
  // ICMP has no ports.
  ['2 123456789010 eni-0b1 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK', { protocol: 1 }],
])('reads %s', (line, record) => {
  expect(readRecord(DEFAULT, line)).toMatchObject(record);
});

it.each([
  '',
  'hello',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK 7',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530070 1418530010 ACCEPT OK',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 soon later ACCEPT OK',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 PERHAPS OK',
  '2 123456789010 eni-0b1 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT FINE',
  '2 123456789010 eni-0b1 - - - - - - - 1431280876 1431280934 - OK',
])('does not read %j', (line) => {
  expect(readRecord(DEFAULT, line)).toBeUndefined();
});

it('reads formats, and says what one lacks', () => {
  const short = fieldsOf(formatOf('interface-id srcaddr log-status').replace(' ', '\t'));
  expect(short).toEqual(['interface-id', 'srcaddr', 'log-status']);
  expect(lackingIn(short ?? [])).toEqual(['dstport', 'protocol', 'start', 'end', 'action']);
  expect(lackingIn(DEFAULT)).toEqual([]);
  for (const odd of [undefined, '', 'version', `${formatOf('version')} x`, '{version}'])
    expect(fieldsOf(odd)).toBeUndefined();
});

const at = (s: number, to = s, status: 'OK' | 'NODATA' | 'SKIPDATA' = 'OK') => ({
  interface: 'eni-0b1',
  status,
  start: T + s * SECOND_MS,
  end: T + to * SECOND_MS,
  from: ['203.0.113.7'],
  port: 22,
  protocol: 6,
  isAccepted: true,
});
const idle = (from: number, to: number) =>
  Array.from({ length: (to - from) / 60 }, (_, i) => at(from + 60 * i, from + 60 * (i + 1), 'NODATA'));
const HOUR = { from: T, until: T + 30 * MINUTE_MS };

it.each([
  ['nothing on the way', idle(-240, 2_100), 'whole'],
  ['in any order', idle(-240, 2_100).toReversed(), 'whole'],
  ['it began later', idle(0, 2_100), 'gap'],
  ['it is still to come', idle(-240, 1_900), 'not yet'],
  ['there is none', [], 'not yet'],
  ['a window is missing', [...idle(-240, 600), ...idle(660, 2_100)], 'gap'],
  ['a window is missing before it', [...idle(-240, -180), ...idle(-120, 2_100)], 'whole'],
  ['a window is missing after it', [...idle(-240, 1_980), ...idle(2_040, 2_400)], 'whole'],
  ['something was skipped', [...idle(-240, 600), at(600, 660, 'SKIPDATA'), ...idle(660, 2_100)], 'gap'],
  ['something was skipped long before', [at(-240, -180, 'SKIPDATA'), ...idle(-180, 2_100)], 'whole'],
  // Flows of two windows may be almost two windows apart.
  ['two flows', [...idle(-240, 600), at(601), at(719), ...idle(720, 2_100)], 'whole'],
  ['two windows without a flow between', [...idle(-240, 600), at(601), at(725), ...idle(780, 2_100)], 'gap'],
  ['a flow, and then none', [...idle(-240, 600), at(601), ...idle(720, 2_100)], 'gap'],
  ['a long flow beside others', [...idle(-240, 600), at(600, 660), at(659), ...idle(660, 2_100)], 'whole'],
] as const)('%s', (_, records, is) => {
  expect(wholeness(records, HOUR).is).toBe(is);
});

it.each([
  ['the very one', {}, true],
  ['another port', { port: 3389 }, false],
  ['another protocol', { protocol: 17 }, false],
  ['rejected', { isAccepted: false }, false],
  ['from elsewhere', { from: ['203.0.113.8'] }, false],
  ['passed on by a load balancer', { from: ['10.1.0.9', '203.0.113.7'] }, true],
  ['an address that is none', { from: ['nobody'] }, false],
  ['from the machine itself', { from: ['10.1.0.10'] }, false],
  ['just before, by the clock of the log', { end: T - 30 * SECOND_MS }, true],
  ['long before', { start: T - HOUR.until, end: T - 5 * MINUTE_MS }, false],
])('seen: %s', (_, change, is) => {
  const sought = {
    source: '203.0.113.7/32',
    ports: [{ number: 22, protocol: 'tcp' as const }],
    from: T,
    own: new Set(['10.1.0.10']),
  };
  expect(isSought({ ...at(60), ...change }, sought)).toBe(is);
});
