import { describe, expect, it } from 'vitest';
import { packFiles, packOf } from '../../../src/core/evidence/pack.ts';
import { packPage } from '../../../src/core/evidence/pack-page.ts';
import type { ChainedEntry } from '../../../src/core/evidence/population.ts';
import type { FlatEntry } from '../../../src/core/evidence/row.ts';

const HOUR_MS = 3_600_000;
const at = (hour: number) => Date.UTC(2026, 6, 1) + hour * HOUR_MS;

const VERDICT = {
  ...{ records: 9, first: 1, end: undefined, signed: 999, keys: new Set<string>(), receipts: 0, lost: 0 },
  ...{ erased: 0, sealed: 0, faults: [], remarks: [], unlisted: { faults: 0, remarks: 0 }, anchored: 0 },
};

/** One access: asked, approved and opened at `opened`, to be closed at `until`; what else happened, each with its hour. */
function access(
  request: string,
  [opened, until]: readonly [opened: number, until: number],
  ...more: readonly (readonly [hour: number, row: FlatEntry])[]
): readonly (readonly [hour: number, row: FlatEntry])[] {
  const facts = { request, outcome: 'done', until: new Date(at(until)).toISOString() };
  return [
    [opened, { ...facts, event: 'asked', words: 'deploy' }],
    [opened, { ...facts, event: 'approved' }],
    [opened, { ...facts, event: 'opened' }],
    ...more.map(([hour, row]) => [hour, { ...facts, ...row }] as const),
  ];
}

const closed = (hour: number) => [hour, { event: 'closed', proof: '22 closed', receipt: '0123456789' }] as const;
/** A record of then, another one of six hours before, and the rest after it. */
function backwards(hour: number): readonly ChainedEntry[] {
  return [hour, hour - 6, hour + 1, 100].map((own, i) => ({ index: i + 1, at: at(own), row: { event: 'start' } }));
}

/** So that the records reach beyond every period here. */
const LATER = [[100, { event: 'start', outcome: 'done' }]] as const;

function entriesOf(...all: readonly (readonly [hour: number, row: FlatEntry])[]): readonly ChainedEntry[] {
  return all
    .toSorted(([a], [b]) => a - b)
    .map(([hour, row], i) => ({ index: i + 1, at: at(hour), row: { ...row, time: new Date(at(hour)).toISOString() } }));
}

function pack(entries: readonly ChainedEntry[], from: number, to: number, verdict = VERDICT) {
  return packOf(entries, { installation: 'demo', from: at(from), to: at(to), verdict });
}

describe('the accesses of a period', () => {
  const entries = entriesOf(
    ...access('whole', [1, 30], [30, { event: 'elapsed' }], closed(30)),
    ...access('before', [1, 3], [3, { event: 'elapsed' }], closed(3)),
    ...access('ends', [1, 11], [11, { event: 'elapsed' }], closed(11)),
    ...access('begins', [12, 40], [40, { event: 'elapsed' }], closed(40)),
    ...access('after', [50, 51], [51, { event: 'elapsed' }], closed(51)),
    ...LATER,
  );

  it('are those that were open in it, also where nothing happened to them within it', () => {
    const { leases, lacks } = pack(entries, 10, 20);
    expect(leases.map(({ request }) => request)).toEqual(['whole', 'ends', 'begins']);
    expect(leases.map(({ exceptions }) => exceptions)).toEqual([[], [], []]);
    expect(lacks).toEqual([]);
    expect(pack(entries, 3, 10).leases.map(({ request }) => request)).toEqual(['whole', 'before', 'ends']);
  });

  it.each([
    ['closed an hour after it was revoked', [[3, { event: 'revoked' }], closed(4)], ['closed late']],
    ['closed at once after it was revoked', [[3, { event: 'revoked' }], closed(3)], []],
    ['closed an hour after its end', [[5, { event: 'elapsed' }], closed(6)], ['closed late']],
    ['revoked, and never closed', [[3, { event: 'revoked' }]], ['no proof of its closing']],
    ['moved, and never closed', [[3, { event: 'moved' }]], ['no proof of its closing']],
    ['revoked as the period ends', [[9.99, { event: 'revoked' }]], []],
  ] as const)('%s', (_, more, exceptions) => {
    const until = more[0][0] === 9.99 ? 20 : 5;
    const { leases } = pack(entriesOf(...access('one', [1, until], ...more), ...LATER), 0, 10);
    expect(leases.map((lease) => lease.exceptions)).toEqual([exceptions]);
  });
});

describe('a pack that is not complete says why', () => {
  const entries = entriesOf(...access('one', [1, 2], closed(2)));
  const later = entries.map((one) => ({ ...one, index: one.index + 30 }));
  it.each([
    ['its first records are of later', pack(later, 0, 2), [/^The first record is of 2026-07-01T01:00:00.000Z, after/]],
    ['the store lost some', pack(entries, 1, 2, { ...VERDICT, lost: 3 }), [/^The store lost 3 entries/]],
    ['there is nothing', pack([], 0, 1), [/^There are no records/]],
    [
      'all of it is of before',
      pack(entries, 5, 8),
      [/^The last record is of 2026-07-01T02:00:00.000Z, before the period/],
    ],
    [
      'the clock went back within it',
      pack(backwards(9), 8, 12),
      [/^The clock went back at record 2, from 2026-07-01T09/],
    ],
    ['… from it', pack(backwards(9), 9, 12), [/^The clock went back at record 2/]],
    ['… before it began, and came back in it', pack(backwards(9), 9.5, 12), [/^The clock went back at record 2/]],
    ['… to it', pack(backwards(9), 1, 4), [/^The clock went back at record 2/]],
  ])('%s', (_, made, said) => {
    expect(made.lacks).toEqual(said.map((one) => expect.stringMatching(one)));
    expect(packPage(made, new Map())).toMatch(/<p class="bad">No: (?:The|There)/);
  });

  it('some of it is signed by nothing yet', () => {
    const own = entriesOf(...access('one', [1, 2], closed(2)), ...LATER);
    expect(pack(own, 0, 24, { ...VERDICT, signed: 3 }).lacks).toEqual([
      '1 records of the period come after the last signed head: nothing proves them yet.',
    ]);
    expect(pack(own, 0, 24, { ...VERDICT, signed: 4 }).lacks).toEqual([]);
  });

  it('and claims nothing of what it cannot tell', () => {
    const made = pack(entriesOf(...access('one', [1, 30]), ...LATER), 0, 10);
    expect(packPage(made, new Map())).toContain(
      'What was still open when the period ended (1) was within its time then.',
    );
    expect(packPage(made, new Map())).toContain('<td>… open when the period ended, within their time</td><td>1</td>');
    const nothing = packPage(pack(entriesOf(...LATER), 99, 101), new Map());
    expect(nothing).toContain('None: these records have no access of the period.');
    expect(nothing).toContain('These records name no log, and no access.');
    const found = { ...VERDICT, erased: 2, sealed: 3 };
    const doubted = packOf(entries, { installation: 'demo', from: at(0), to: at(2), verdict: found, isPinned: false });
    expect(doubted.remarks.map((one) => one.slice(0, 30))).toEqual([
      'the keys that signed are those',
      '2 parts about people were take',
      '3 parts about people are seale',
    ]);
    expect(packPage(doubted, new Map())).toContain(
      '<p class="bad">Nobody can tell, as only keys from beside the files',
    );
    const known = packOf(entries, { installation: 'demo', from: at(0), to: at(2), verdict: found });
    expect(packPage(known, new Map())).toContain('<p class="good">Yes, but for what is said below: the chain');
    expect(pack(entries, 0, 2).remarks).toEqual([]);
  });

  it('a rule that came back after its closing is one to ask about', () => {
    const own = entriesOf(...access('one', [1, 2], closed(2), [3, { event: 'closed again' }]), ...LATER);
    expect(pack(own, 0, 24).leases.map(({ exceptions }) => exceptions)).toEqual([['a rule came back after closing']]);
  });

  it.each([
    ['that nobody decided', { event: 'asked' }, ['no decision in these records']],
    ['on another machine', { machine: 'aws:1:eu:i-2' }, ['what was opened is not what was decided']],
    ['on another port', { ports: '3389' }, ['what was opened is not what was decided']],
    ['from elsewhere', { source: '0.0.0.0/0' }, ['what was opened is not what was decided']],
    ['for somebody else', { requester: 'eve' }, ['what was opened is not what was decided']],
    ['by another decision', { decision: 'b' }, ['what was opened is not what was decided']],
    ['as it was decided', {}, []],
  ] as const)('an opening %s is one to ask about, and in the population', (_, other, exceptions) => {
    const about = { machine: 'aws:1:eu:i-1', ports: '22', source: '203.0.113.7/32', requester: 'ada', decision: 'a' };
    const own = entriesOf(
      ...access('one', [1, 2], closed(2)).map(([hour, row]) => {
        const isMeant = row.event === ('event' in other ? 'approved' : 'opened');
        return [hour, { ...about, ...row, ...(isMeant ? other : {}) } as FlatEntry] as const;
      }),
      ...LATER,
    );
    const { leases } = pack(own, 0, 24);
    expect(leases.map((lease) => [lease.request, lease.exceptions])).toEqual([['one', exceptions]]);
  });

  it('names everybody who decided, with IDs, also where two have one name', () => {
    const grace = (by: string) => ({ by, byName: 'Grace' });
    const own = entriesOf(
      ...access('one', [1, 4]).map(
        ([hour, row]) => [hour, row.event === 'approved' ? { ...row, ...grace('g-2') } : row] as const,
      ),
      [1, { request: 'one', event: 'reviewed', outcome: 'done', ...grace('g-1') }],
      [2, { request: 'one', event: 'extended', outcome: 'done', until: 'then', ...grace('g-1') }],
      [3, { request: 'one', event: 'was right', outcome: 'done', ...grace('g-2') }],
      ...LATER,
    );
    const made = pack(own, 0, 24);
    expect(made.leases).toMatchObject([
      { decidedBy: 'Grace; Grace', deciderIds: 'g-2; g-1', review: 'was right (Grace [g-2])' },
    ]);
    expect(made.leases[0]?.extensions).toContain('until then (Grace [g-1])');
    expect(packFiles(made).get('population.csv')).toMatch(/,decidedBy,deciderIds,.*,"Grace; Grace","g-2; g-1",/s);
  });

  it('and is so where the clock went back at another time, or by less than clocks drift', () => {
    expect(pack(backwards(9), 10.5, 20).lacks).toEqual([]);
    expect(pack(backwards(9), 0, 3).lacks).toEqual([]);
    const near = [at(1), at(1) - 50_000, at(9)].map((own, i) => ({ index: i + 1, at: own, row: { event: 'start' } }));
    expect(pack(near, 0, 2).lacks).toEqual([]);
  });

  it('and says where nothing shows that its end is there', () => {
    const made = pack(entries, 0, 24);
    expect([made.lacks, made.remarks]).toEqual([
      [],
      [expect.stringMatching(/^the last record is of 2026-07-01T02:00:00.000Z, before the period ends/)],
    ]);
    const page = packPage(made, new Map());
    expect(page).toContain(
      '<p class="bad">Nobody can tell of all of the period, as these records end at 2026-07-01T02:00Z.',
    );
    expect(page).not.toMatch(/class="(?:good|bad)">(?:Yes|No)[,:]/);
    expect([pack(entries, 1, 2).remarks, pack(entries, 1, 2).endsAt]).toEqual([[], undefined]);
  });

  it('tells whose access and which machine it was where several names look the same', () => {
    const exceptional = (request: string, machine: string, names: FlatEntry) =>
      access(request, [1, 2]).map(
        ([hour, row]) => [hour, { ...row, ...names, machine: `aws:1:eu:${machine}` }] as const,
      );
    const made = pack(
      entriesOf(
        ...exceptional('one', 'i-1', { requester: 'p-1', requesterName: 'Ada', machineName: 'web-1' }),
        ...exceptional('two', 'i-2', { requester: 'p-2', requesterName: 'A\u200bda', machineName: 'wеb-1' }),
        ...exceptional('three', 'i-3', { requester: 'p-3', machineName: '\u3164' }),
        ...LATER,
      ),
      0,
      24,
    );
    const page = packPage(made, new Map());
    for (const [who, machine] of [
      ['Ada (p-1)', 'web-1 (i-1)'],
      ['A da (p-2)', 'wеb-1 (i-2)'],
      ['p-3', 'aws:1:eu:i-3'],
    ])
      expect(page).toContain(`<td>${who}</td><td>${machine}</td>`);
    const lines = packFiles(made).get('exceptions.csv')?.split('\n') ?? [];
    expect(lines.slice(1, 4).map((line) => line.split(',').slice(1, 4))).toEqual([
      ['p-1', 'Ada', 'aws:1:eu:i-1'],
      ['p-2', 'A\u200bda', 'aws:1:eu:i-2'],
      ['p-3', '', 'aws:1:eu:i-3'],
    ]);
  });

  it('and how many records nobody can read: an access may be in them', () => {
    const about = { installation: 'demo', from: at(0), to: at(2), verdict: VERDICT };
    expect(packOf(entries, { ...about, unread: 0 }).lacks).toEqual([]);
    const made = packOf(entries, { ...about, unread: 2 });
    expect(made.lacks).toEqual([
      '2 records cannot be read, and what they say is not here: they are damaged, or of a newer version of Drawbridge.',
    ]);
    expect(packPage(made, new Map())).toContain('<p class="bad">No: 2 records cannot be read');
  });

  it('and is complete from the first record of all on', () => {
    const made = pack(entries, -24, 2);
    expect(made.lacks).toEqual([]);
    expect(packPage(made, new Map())).toContain('From 2026-06-30 to 2026-07-01T02:00Z');
  });
});

it('has what the clouds’ own logs show that the audit does not, and the other way round', () => {
  const found = [
    [5, { event: 'foreign write', outcome: 'done', why: 'Eve wrote a rule' }],
    [6, { event: 'unlogged', outcome: 'done', request: 'one' }],
  ] as const;
  const made = pack(entriesOf(...access('one', [1, 8], closed(8)), ...found, ...LATER), 0, 10);
  const rows = packFiles(made).get('reconciliation.csv')?.trimEnd().split('\n') ?? [];
  expect(rows.slice(1).map((row) => row.split(',')[3])).toEqual(['foreign write', 'unlogged']);
  expect(packPage(made, new Map())).toContain(
    '<td>What the clouds’ own logs showed otherwise, where and while they were read</td><td>2</td>',
  );
});
