import { describe, expect, it } from 'vitest';
import { evidenceVerb } from '../../../src/cli/evidence.ts';
import { instantOf } from '../../../src/core/evidence/filter.ts';
import { packFiles, packOf } from '../../../src/core/evidence/pack.ts';
import { packPage } from '../../../src/core/evidence/pack-page.ts';
import type { ChainedEntry } from '../../../src/core/evidence/population.ts';
import type { FlatEntry } from '../../../src/core/evidence/row.ts';

const HOUR = 3_600_000;
/** Hours after the end of July. */
const at = (hour: number) => Date.UTC(2026, 7, 1) + hour * HOUR;
const iso = (hour: number) => new Date(at(hour)).toISOString();
const JULY = [Date.UTC(2026, 6, 1), at(0)] as const;
const AUGUST = [at(0), Date.UTC(2026, 8, 1)] as const;
const VERDICT = {
  ...{ records: 9, first: 1, end: undefined, signed: 999, keys: new Set<string>(), receipts: 0, lost: 0 },
  ...{ erased: 0, sealed: 0, faults: [], remarks: [], unlisted: { faults: 0, remarks: 0 }, anchored: 0 },
};
type Happened = readonly [hour: number, event: string, row?: FlatEntry];

/** What happened to one access of Ada's, and something long after. */
function entries(...all: readonly Happened[]): readonly ChainedEntry[] {
  const own = { request: 'q1', outcome: 'done', requester: 'ada', requesterName: 'Ada', byName: 'Grace' };
  return [...all, [9_000, 'start', { request: undefined }] as const].map(([hour, event, row], i) => ({
    index: i + 1,
    at: at(hour),
    row: { ...own, event, ...row } as FlatEntry,
  }));
}

function pack(all: readonly ChainedEntry[], [from, to]: readonly [number, number], verdict = VERDICT) {
  return packOf(all, { installation: 'demo', from, to, verdict });
}

const ASKED = [-2, 'asked', { words: 'deploy' }] as const;
const approved = (hour: number, until: number) => [hour, 'approved', { until: iso(until) }] as const;
const opened = (hour: number, until: number) => [hour, 'opened', { until: iso(until) }] as const;
const closed = (hour: number) => [hour, 'closed', { proof: '22 closed', receipt: '0123456789' }] as const;

/** An access over the end of July, and what its story is in either pack: when it was opened, until, closed, and what to ask about. */
const OVER: readonly (readonly [
  what: string,
  all: readonly Happened[],
  july: readonly (number | string | undefined)[] | undefined,
  august: readonly (number | string | undefined)[] | undefined,
])[] = [
  [
    'asked, decided, and opened in July, closed in August',
    [ASKED, approved(-2, 2), opened(-1, 2), [2, 'elapsed'], closed(2)],
    [-1, 2, undefined, ''],
    [-1, 2, 2, ''],
  ],
  [
    'asked in July, decided in August',
    [ASKED, approved(1, 3), opened(1, 3), [3, 'elapsed'], closed(3)],
    undefined,
    [1, 3, 3, ''],
  ],
  [
    'decided in July, opened in August',
    [ASKED, approved(-1, 3), opened(1, 3), [3, 'elapsed'], closed(3)],
    [undefined, 3, undefined, ''],
    [1, 3, 3, ''],
  ],
  [
    'ended in July, closed ten minutes into August: late for neither',
    [ASKED, approved(-2, -0.1), opened(-2, -0.1), [-0.1, 'elapsed'], closed(0.05)],
    [-2, -0.1, undefined, ''],
    [-2, -0.1, 0.05, ''],
  ],
  [
    'ended in July, and closed in August alone, hours late',
    [ASKED, approved(-3, -2), opened(-3, -2), [-2, 'elapsed'], closed(5)],
    [-3, -2, undefined, 'no proof of its closing'],
    [-3, -2, 5, 'closed late'],
  ],
  [
    'given more time in August: July has its end of then',
    [ASKED, approved(-2, 1), opened(-2, 1), [0.5, 'extended', { until: iso(4) }], [4, 'elapsed'], closed(4)],
    [-2, 1, undefined, ''],
    [-2, 4, 4, ''],
  ],
  [
    'closed at the very end of July: that instant is August’s',
    [ASKED, approved(-2, 0), opened(-2, 0), [0, 'elapsed'], closed(0)],
    [-2, 0, undefined, ''],
    [-2, 0, 0, ''],
  ],
];

describe('an access over the end of a period', () => {
  it.each(OVER)('%s', (_, all, july, august) => {
    const made = entries(...all);
    for (const [period, expected] of [
      [JULY, july],
      [AUGUST, august],
    ] as const) {
      const found = pack(made, period).leases.map((lease) => [
        lease.openedAt,
        Date.parse(lease.until),
        lease.closedAt,
        lease.exceptions.join('; '),
      ]);
      const [openedAt, until = 0, closedAt, exceptions] = expected ?? [];
      const instant = (hour: number | string | undefined) => (hour === undefined ? undefined : at(Number(hour)));
      expect(found).toEqual(expected ? [[instant(openedAt), at(Number(until)), instant(closedAt), exceptions]] : []);
    }
  });

  it('says who gave more time, until when', () => {
    const made = entries(
      ...[ASKED, approved(-2, -1), opened(-2, -1), [-1.5, 'extended', { until: iso(1) }] as const],
      ...[[0.5, 'extended', { until: iso(3), byName: 'Sam' }] as const, [3, 'elapsed'] as const, closed(3)],
    );
    expect(pack(made, JULY).leases[0]?.extensions).toBe(`${iso(-1.5)} until ${iso(1)} (Grace)`);
    expect(pack(made, AUGUST).leases[0]?.extensions).toContain(`${iso(0.5)} until ${iso(3)} (Sam)`);
    expect(packFiles(pack(made, JULY)).get('population.csv')).toContain(',until,extensions,endedWhy');
  });
});

describe('the page', () => {
  it('counts as closed what was read back as closed alone, and says whose signature it is', () => {
    const seen = [-1, 'closed', { proof: '22 open', receipt: '0123456789' }] as const;
    const open = pack(entries(ASKED, approved(-2, -1), opened(-2, -1), [-1, 'elapsed'], seen), JULY, {
      ...VERDICT,
      keys: new Set(['drawbridge/demo+01+<b>']),
    });
    const page = packPage(open, new Map());
    expect(page).toContain('read back as closed</td><td>0</td>');
    expect(page).toContain('read back as something else (each is an exception)</td><td>1</td>');
    expect(page).toContain('Signed by <code>drawbridge/demo+01+&lt;b&gt;</code>');
    const shut = pack(entries(ASKED, approved(-2, -1), opened(-2, -1), [-1, 'elapsed'], closed(-1)), JULY);
    expect(packPage(shut, new Map())).toContain('read back as closed</td><td>1</td>');
  });
});

describe('a closing without a signed receipt', () => {
  it('is an exception: anybody who can write to the store could have said so', () => {
    const made = entries(
      ASKED,
      approved(-2, -1),
      opened(-2, -1),
      [-1, 'elapsed'],
      [-1, 'closed', { proof: '22 closed' }],
    );
    expect(pack(made, JULY).leases[0]?.exceptions).toEqual(['no signed receipt of its closing']);
  });
});

describe('an access of somebody who was erased', () => {
  it('is no exception for what cannot be read any more, and says so', () => {
    const gone = { requesterName: undefined, byName: undefined } as unknown as FlatEntry;
    const all = [ASKED, approved(-2, -1), opened(-2, -1), [-1, 'elapsed'] as const, closed(-1)] as const;
    const made = entries(
      ...all.map(([hour, event, row]) => [hour, event, { ...row, words: undefined, ...gone }] as never),
    );
    const [lease] = pack(made, JULY, { ...VERDICT, erased: 5 }).leases;
    expect(lease).toMatchObject({
      exceptions: [],
      requester: 'ada',
      justification: '(not readable here: taken away, or sealed)',
    });
    const silent = entries([-2, 'asked'], ...all.slice(1));
    expect(pack(silent, JULY).leases[0]?.exceptions).toEqual(['no reason in these records']);
  });
});

describe('a period', () => {
  const made = entries(ASKED, approved(-2, 2), opened(-1, 2), [2, 'elapsed'], closed(2));

  it.each([
    ['before the first record', [at(-900), at(-800)], 'No: The first record is of'],
    ['after the last one', [at(9_500), at(9_600)], 'No: The last record is of'],
    ['that is not over', [at(0), at(9_500)], 'Nobody can tell of all of the period, as these records end at '],
    ['without a record', [at(100), at(200)], 'Yes: '],
  ] as const)('%s', (_, period, says) => {
    // Of the first record nobody here has the ones before.
    const own = says.includes('first') ? made.map((one) => ({ ...one, index: one.index + 10 })) : made;
    expect(packPage(pack(own, period), new Map())).toContain(says);
  });

  const DAY = Date.UTC(2026, 10, 29);
  it.each([
    ['before it begins', [at(0), at(0) - HOUR], 'the period ends before it begins'],
    ['where it begins', [DAY + HOUR, DAY + HOUR], 'the period ends where it begins'],
    ['on the day it begins', [DAY, DAY], 'days begin and end at midnight UTC, so for this one write --to 2026-11-30'],
  ] as const)('that ends %s is refused, before anything is written', async (_, [from, to], says) => {
    await expect(evidenceVerb('none.yaml', { from, to, out: '/nowhere', audit: '/nowhere' })).rejects.toMatchObject({
      code: 'badConfig',
      words: { faults: `\n  --to must be after --from: ${says}` },
    });
  });

  it('of one record claims nothing of accesses', () => {
    const page = packPage(pack(entries().slice(0, 1), [at(8_999), at(9_001)]), new Map());
    expect(page).toContain('None: these records have no access of the period.');
  });

  it('begins where its zone says', () => {
    expect(instantOf('2026-07-01T00:00+02:00')).toBe(Date.UTC(2026, 5, 30, 22));
    expect(instantOf('2026-07-01T00:00-05:30')).toBe(Date.UTC(2026, 6, 1, 5, 30));
    for (const none of ['2026-07-01+02:00', '2026-07-01T00:00', '2026-07-01T00:00+2', '2026-07-01T00:00+99:00'])
      expect(instantOf(none)).toBe(undefined);
  });
});
