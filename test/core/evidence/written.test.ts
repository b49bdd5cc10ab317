import { describe, expect, it } from 'vitest';
import {
  type ActSeen,
  CLOCKS_MS,
  callsIn,
  isAccounted,
  spellsOf,
  unlogged,
  WRITE_MS,
  type WriteAround,
} from '../../../src/core/evidence/written.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';

const API: MachineId = 'aws:123456789012:eu-west-1:i-0123456789abcdef0';
const OTHER: MachineId = 'aws:123456789012:eu-west-1:i-0fedcba9876543210';
const T = Date.UTC(2026, 2, 2, 9);
const act = (event: string, minutes: number, more: Partial<ActSeen> = {}): ActSeen => ({
  at: T + minutes * MINUTE_MS,
  event,
  outcome: 'done',
  act: `a-${minutes}`,
  machine: API,
  request: 'r-1',
  ...more,
});
const write = (minutes: number, more: Partial<WriteAround> = {}): WriteAround => ({
  cloud: 'aws',
  account: '123456789012',
  id: `e-${minutes}`,
  at: T + minutes * MINUTE_MS,
  operation: 'AuthorizeSecurityGroupIngress',
  resource: 'sg-1',
  caller: 'arn:…',
  by: 'us',
  machines: [API],
  ...more,
});
const begun = { request: undefined, act: 'p-1', outcome: 'begun' } as unknown as Partial<ActSeen>;
const done = { ...begun, outcome: 'done' };

describe('a write is accounted for', () => {
  const hour = [act('approved', 0), act('opened', 1), act('elapsed', 60), act('closed', 61)];
  it.each<[string, readonly ActSeen[], WriteAround, boolean]>([
    ['between approval and opening', hour, write(0.5), true],
    ['between the end and the closing', hour, write(60.5), true],
    ['by a clock that is a little off', hour, write(-CLOCKS_MS / MINUTE_MS), true],
    ['not while it is open', hour, write(30), false],
    ['not before', hour, write(-5), false],
    ['not after', hour, write(70), false],
    ['not on another machine', hour, write(0.5, { machines: [OTHER] }), false],
    ['on one of several machines that share what was written', hour, write(0.5, { machines: [OTHER, API] }), true],
    ['never by another identity', hour, write(0.5, { by: 'other' }), false],
    ['by Defender, in that time', hour, write(0.5, { by: 'product' }), true],
    ['not by Defender at any other time', hour, write(30, { by: 'product' }), false],
    ['whenever Defender takes one away', hour, write(30, { by: 'product', isRemoval: true }), true],
    ['where nobody can tell whose identity it is', hour, write(0.5, { by: 'unknown' }), true],
    ['in the account, where nobody can tell the machine', hour, write(0.5, { machines: [] }), true],
    ['not in another account', hour, write(0.5, { machines: [], account: '999999999999' }), false],
    ['as long as it goes on', [act('revoked', 0)], write(300), true],
    [
      'after its begin alone, not after an approval for later',
      [act('approved', 0, { startsAt: T + 2 * HOUR_MS })],
      write(5),
      false,
    ],
    ['once what was approved for later begins', [act('begun', 120)], write(121), true],
    ['before what is told only after it', [act('reattached', 30)], write(25), true],
    ['not long before that', [act('reattached', 30)], write(30 - WRITE_MS / MINUTE_MS - 3), false],
    ['between both entries of an act', [act('protect', 0, begun), act('protect', 20, done)], write(10), true],
    ['not after the act', [act('protect', 0, begun), act('protect', 20, done)], write(25), false],
    [
      'at any time, by a call that the audit names',
      [act('opened', 1, { calls: ['c-1'] })],
      write(30, { call: 'c-1' }),
      true,
    ],
    [
      'so, whoever the log takes for its caller',
      [act('opened', 1, { calls: ['c-1'] })],
      write(1, { call: 'c-1', by: 'other' }),
      true,
    ],
    ['not by another call', [act('opened', 1, { calls: ['c-1'] })], write(30, { call: 'c-2' }), false],
    ['not by an act that was refused', [act('protect', 0, { ...begun, outcome: 'refused' })], write(0.5), false],
  ])('%s', (_, acts, one, expected) => {
    expect(isAccounted(one, spellsOf(acts), callsIn(acts))).toBe(expected);
  });
});

describe('an entry without a write', () => {
  const period = { from: T, to: T + HOUR_MS };
  it.each<[string, readonly ActSeen[], readonly WriteAround[], readonly string[]]>([
    ['is one that no write is near', [act('opened', 5), act('closed', 30)], [], ['opened', 'closed']],
    ['is none where there is a write', [act('opened', 5)], [write(4.9)], []],
    ['is one where only somebody else wrote', [act('opened', 5)], [write(4.9, { by: 'other' })], ['opened']],
    ['is none where somebody else took it away', [act('closed', 5)], [write(4.9, { by: 'other' })], []],
    [
      'is one where the write is on another machine',
      [act('opened', 5)],
      [write(4.9, { machines: [OTHER] })],
      ['opened'],
    ],
    [
      'is none where the log has its call',
      [act('opened', 5, { calls: ['c-1'] })],
      [write(60, { call: 'c-1', machines: [OTHER] })],
      [],
    ],
    ['is one where the write came after', [act('opened', 5)], [write(8)], ['opened']],
    ['is looked at in its time alone', [act('opened', -1), act('opened', 60)], [], []],
    ['is none of what writes nothing', [act('approved', 5), act('elapsed', 6)], [], []],
  ])('%s', (_, acts, writes, expected) => {
    expect(unlogged(acts, writes, period).map(({ event }) => event)).toEqual(expected);
  });
});
