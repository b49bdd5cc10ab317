import { describe, expect, it } from 'vitest';
import { packFiles, packOf } from '../../../src/core/evidence/pack.ts';
import { packPage } from '../../../src/core/evidence/pack-page.ts';
import type { ChainedEntry } from '../../../src/core/evidence/population.ts';
import type { FlatEntry } from '../../../src/core/evidence/row.ts';

const at = (hour: number) => Date.UTC(2026, 6, 1) + hour * 3_600_000;

const VERDICT = {
  ...{ records: 9, first: 1, end: undefined, signed: 999, keys: new Set<string>(), receipts: 0, lost: 0 },
  ...{ erased: 0, sealed: 0, faults: [], remarks: [], unlisted: { faults: 0, remarks: 0 }, anchored: 0 },
};

/** So that the records reach beyond every period here. */
const LATER = [[100, { event: 'start', outcome: 'done' }]] as const;

function entriesOf(...all: readonly (readonly [hour: number, row: FlatEntry])[]): readonly ChainedEntry[] {
  return all
    .toSorted(([a], [b]) => a - b)
    .map(([hour, row], i) => ({ index: i + 1, at: at(hour), row: { ...row, time: new Date(at(hour)).toISOString() } }));
}

function pack(entries: readonly ChainedEntry[], from: number, to: number) {
  return packOf(entries, { installation: 'demo', from: at(from), to: at(to), verdict: VERDICT });
}

describe('the pack of a period', () => {
  it.each<[string, readonly FlatEntry[], readonly string[]]>([
    ['was approved while it was being opened', [{ event: 'extended', decision: 'b' }], []],
    [
      'was given by its requester alone',
      [{ event: 'extended', decision: 'a' }],
      ['what was opened is not what was decided'],
    ],
    ['was asked for alone', [{ event: 'extension asked', decision: 'b' }], ['what was opened is not what was decided']],
  ])('an opening by the decision on more time, which %s', (_, between, exceptions) => {
    const about = { request: 'one', outcome: 'done', until: new Date(at(2)).toISOString() };
    const own = entriesOf(
      [1, { ...about, event: 'asked', words: 'deploy' }],
      [1, { ...about, event: 'approved', decision: 'a' }],
      ...between.map((row) => [1, { ...about, ...row }] as const),
      [1, { ...about, event: 'opened', decision: 'b' }],
      [2, { ...about, event: 'closed', proof: '22 closed', receipt: '0123456789' }],
      ...LATER,
    );
    expect(pack(own, 0, 24).leases.map((lease) => lease.exceptions)).toEqual([exceptions]);
  });

  it.each(['opened', 'reattached', 'followed'])(
    'has one that was let in again after its closing (%s) as not closed',
    (event) => {
      const about = { request: 'one', outcome: 'done', until: new Date(at(2)).toISOString() };
      const shut = { ...about, event: 'closed', proof: '22 closed', receipt: '0123456789' };
      const own = [
        [1, { ...about, event: 'asked', words: 'deploy' }],
        [1, { ...about, event: 'approved' }],
        [1, { ...about, event: 'opened' }],
        [2, shut],
        [2, { ...about, event }],
      ] as const;
      const exceptions = (...more: readonly (readonly [hour: number, row: FlatEntry])[]) =>
        pack(entriesOf(...own, ...more, ...LATER), 0, 24).leases.map((lease) => lease.exceptions);
      expect(exceptions()).toEqual([['no proof of its closing', 'closed before it was opened']]);
      expect(exceptions([2, shut])).toEqual([[]]);
    },
  );

  it.each(['opened', 'reattached', 'followed'])(
    'has an access that was let in before it (%s) and is open still',
    (event) => {
      const own = entriesOf([1, { event, outcome: 'done', request: 'one' }], ...LATER);
      expect(pack(own, 24, 48).leases).toHaveLength(1);
    },
  );

  it('has each opening that names no request, as one that nobody asked for', () => {
    const web = {
      machine: 'aws:123456789012:eu-west-1:i-00000000000000001',
      ports: '22',
      cloud: 'aws',
      cloudAccount: '123456789012',
    };
    const until = new Date(at(6)).toISOString();
    const shut = { event: 'closed', outcome: 'done', proof: '22 closed', receipt: '0123456789' };
    const own = entriesOf(
      [1, { event: 'opened', outcome: 'done', ...web, until }],
      [2, { event: 'opened', outcome: 'refused', ...web }],
      [3, { event: 'closed', outcome: 'done', machine: 'other' }],
      [4, { event: 'opened', outcome: 'done', ...web, until }],
      [5, { ...web, ...shut }],
      [6, { event: 'followed', outcome: 'done' }],
      ...LATER,
    );
    const unasked = ['no request in these records', 'no decision in these records', 'opened, and no request is named'];
    const told = (from: number, to: number) =>
      pack(own, from, to).leases.map(({ openedAt = 0, exceptions }) => [new Date(openedAt).getUTCHours(), exceptions]);
    const first = [1, [...unasked.slice(0, 2), 'no proof of its closing', unasked[2]]];
    expect(told(0, 24)).toEqual([first, [4, unasked], [6, unasked]]);
    expect(told(3.5, 4.5)).toEqual([
      [1, unasked],
      [4, unasked],
    ]);
    expect(told(8, 9)).toEqual([first, [6, unasked]]);
    const made = pack(own, 0, 24);
    expect(packFiles(made).get('exceptions.csv')?.trimEnd().split('\n')).toHaveLength(4);
    expect(packPage(made, new Map())).toContain('opened, and no request is named');
    expect(made.unwatched).toEqual(['aws 123456789012, eu-west-1', 'somewhere that no record names']);
  });

  it('has what was opened elsewhere, or again, where the records begin after its request', () => {
    const about = { request: 'one', outcome: 'done' };
    const own = entriesOf([1, { ...about, event: 'followed' }], [2, { ...about, event: 'reattached' }], ...LATER);
    expect(pack(own, 0, 24).leases.map(({ request, exceptions }) => [request, exceptions])).toEqual([
      ['one', ['no request in these records', 'no decision in these records']],
    ]);
  });
});
