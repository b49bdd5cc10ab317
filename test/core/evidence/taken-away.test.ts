import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained } from '../../../src/core/evidence/chain.ts';
import { erasureNote } from '../../../src/core/evidence/erasure.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { noteSigner, noteVerifier } from '../../../src/core/evidence/note.ts';
import { erasedText, takenAway } from '../../../src/core/evidence/taken-away.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, entry, signedHead, signerOf, VERIFIERS } from './chain.ts';

const MINUTE_MS = 60_000;
/** Of another installation, and known: auditors look at several. */
const OTHER = noteSigner('drawbridge/other', Buffer.alloc(32, 9).toString('base64'));
if (!OTHER) throw new Error('no key');
const OTHERS = [noteVerifier(OTHER.vkey)].flatMap((one) => one ?? []);

const of = (id: string): Partial<AuditEntry> => ({ by: { person: { id, name: 'Ada' } } });
const signed = (person: string, minute: number, signer = signerOf(), installation = 'demo') =>
  erasureNote(signer, { installation, person, until: EPOCH + minute * MINUTE_MS });
/** Up to the minute of the entry, as a rule its own. */
const erase = (
  id: string,
  erasure: string | undefined,
  outcome: AuditEntry['outcome'] = 'done',
): Partial<AuditEntry> => ({
  ...{
    event: 'erase',
    outcome,
    by: 'drawbridge',
    why: erasedText(id),
    ...(erasure === undefined ? {} : { erasure: [erasure] }),
  },
});

interface Asked {
  readonly gone: readonly string[];
  /** Beside the files. */
  readonly erasures?: readonly string[];
  readonly isPart?: boolean;
  /** So many of the first records are not in this part, and so many of the last. */
  readonly without?: readonly [first: number, last: number];
}

/** An entry a minute; of these people nothing is said any more. */
function verdict(
  all: readonly Partial<AuditEntry>[],
  { gone, erasures, isPart, without: [first, last] = [0, 0] }: Asked,
) {
  const records = all.map((more, i) => ({
    ...{ epoch: EPOCH, sequence: i + 1, at: EPOCH + i * MINUTE_MS },
    ...recordOf(entry(i + 1, more), () => `salt-${i}`),
  }));
  const verification = new Verification({ verifiers: [...VERIFIERS, ...OTHERS], erasures, isPart });
  const links = chained(BEGINNING, records).slice(first, all.length - last);
  const lines = links.flatMap((link) => {
    const parts = Object.entries(JSON.parse(link.people) as object).filter(([id]) => !gone.includes(id));
    return [lineOf({ ...link, people: JSON.stringify(Object.fromEntries(parts)) }), noteLine(signedHead(link))];
  });
  for (const [i, line] of lines.entries()) verification.take(Buffer.from(line), 'audit.jsonl', i + 1);
  for (let i = 0; i < 25; i += 1) verification.take(Buffer.from(lines[0] ?? ''), 'audit.jsonl', 99 + i);
  const { faults, erased, remarks: listed } = verification.verdict();
  // However often others stand there twice, this one is listed.
  const remarks = listed.filter((remark) => !remark.endsWith('stands there twice'));
  return { erased, remarks, faults: faults.map(({ what, index, say }) => `${what} ${index}: ${say}`) };
}

const nothing = (erased: number) => ({ erased, remarks: [], faults: [] });
const unsaid = (who: string, parts: string) => [
  expect.stringMatching(
    new RegExp(`^of ${who}, ${parts} not here, and no entry says that they were erased: it was never brought here`),
  ),
];

const later = (minute: number, parts: string) => [
  expect.stringMatching(
    new RegExp(
      `^of 1 person who was erased \\(ada up to ${new Date(EPOCH + minute * MINUTE_MS).toISOString()}\\), ${parts} not here, of later than that: it was never brought here`,
    ),
  ),
];

describe('what is said of a person and is not there', () => {
  it('is nothing to ask about where Drawbridge signed that they were erased', () => {
    const [begun, done] = [erase('ada', signed('ada', 2), 'begun'), erase('ada', signed('ada', 2))];
    expect(verdict([of('ada'), of('ada'), begun, done], { gone: ['ada'] })).toEqual(nothing(2));
    expect(verdict([of('ada'), erase('ada', signed('ada', 1), 'begun')], { gone: ['ada'] })).toEqual(nothing(1));
    expect(verdict([of('ada')], { gone: [] })).toEqual(nothing(0));
  });

  it('is none under an account of theirs either, of which a hash stands in the entry', () => {
    const account = 'U0ADA000009';
    const entries = [{ ...erase('ada', undefined), erasure: ['ada', account].map((id) => signed(id, 2)) }];
    expect(recordOf(entry(1, entries[0]), () => 'salt').record).not.toContain(account);
    expect(verdict([of('ada'), of(account), ...entries], { gone: ['ada', account] })).toEqual(nothing(2));
  });

  it('is none in a part that ends before the entry, where the file beside it is there, too', () => {
    const all = [of('ada'), of('bob'), of('ada'), erase('ada', signed('ada', 3))];
    const part = { gone: ['ada'], isPart: true, without: [1, 1] } as const;
    expect(verdict(all, { ...part, erasures: [signed('ada', 3)] })).toEqual(nothing(1));
    const [remark] = verdict(all, part).remarks;
    expect(remark).toMatch(/^of 1 person \(ada\), 1 part is not here.*`erased\.txt` with the files/);
  });

  it.each([
    ['in the time of its key', undefined, 'demo', undefined],
    ['after the time of its key', 'that was replaced', 'demo', 'of 1 person (ada), 1 part is not here'],
    ['for other records', undefined, 'prod', 'of 1 person (ada), 1 part is not here'],
  ])('counts as erased by what was signed %s', (_, late, installation, said) => {
    const away = takenAway(VERIFIERS, [signed('ada', 1)]);
    away.take(EPOCH, {}, ['ada'], { file: 'a', line: 1, index: 1 });
    const unsaid = away.unsaid({ times: { against: () => late }, installation, isPart: false });
    expect(unsaid[0]?.slice(0, said?.length)).toBe(said);
  });

  it.each<[string, readonly Partial<AuditEntry>[], unknown]>([
    ['none says so', [of('ada')], unsaid('1 person \\(ada\\)', '1 part is')],
    [
      'one says it of somebody else',
      [of('ada'), of('ada'), erase('bob', signed('bob', 2))],
      unsaid('1 person \\(ada\\)', '2 parts are'),
    ],
    [
      'one says that it was refused',
      [of('ada'), erase('ada', undefined, 'refused')],
      unsaid('1 person \\(ada\\)', '1 part is'),
    ],
    [
      'it was said of them after they were erased',
      [of('ada'), erase('ada', signed('ada', 1)), {}, {}, of('ada')],
      later(1, '3 parts are'),
    ],
    ['what is signed is of an earlier time', [of('ada'), erase('ada', signed('ada', -1))], later(-1, '1 part is')],
    [
      'none says so of many',
      ['ada', 'bob', 'cy', 'dee'].map(of),
      unsaid('4 people \\(ada, bob, cy, …\\)', '4 parts are'),
    ],
  ])('is told where %s: whoever can write there could have taken it', (_, all, remarks) => {
    const found = verdict(all, { gone: ['ada', 'bob', 'cy', 'dee'] });
    expect([found.remarks, found.faults]).toEqual([remarks, []]);
  });

  it.each<[string, string | undefined]>([
    ['that nobody signed', undefined],
    ['signed by a key that nobody was given', signed('ada', 1, signerOf(66))],
    ['signed for another installation', signed('ada', 1, OTHER, 'other')],
    ['signed by the key of another installation', signed('ada', 1, OTHER, 'demo')],
    ['with what was signed of somebody else', signed('bob', 1)],
    ['with what was signed, and changed', signed('ada', 1).replace('2025', '2035')],
  ])('is a fault where an entry %s says that they were erased: whoever writes to Redis can write one', (_, erasure) => {
    const found = verdict([of('ada'), erase('ada', erasure)], { gone: ['ada'] });
    expect(found.remarks).toEqual([]);
    expect(found.faults).toEqual([
      expect.stringMatching(/^signature 2: record 2 says that ada was erased, of whom 1 part is not here, and no key/),
    ]);
    expect(verdict([of('ada'), erase('ada', erasure)], { gone: [] })).toEqual(nothing(0));
  });
});
