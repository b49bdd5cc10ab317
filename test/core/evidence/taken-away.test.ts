import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/core/audit/entry.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING, chained } from '../../../src/core/evidence/chain.ts';
import { lineOf, noteLine } from '../../../src/core/evidence/line.ts';
import { erasedText } from '../../../src/core/evidence/taken-away.ts';
import { Verification } from '../../../src/core/evidence/verify.ts';
import { EPOCH, entry, signedHead, VERIFIERS } from './chain.ts';

const MINUTE_MS = 60_000;
const of = (id: string): Partial<AuditEntry> => ({ by: { person: { id, name: 'Ada' } } });
const erase = (id: string, outcome: AuditEntry['outcome'] = 'done'): Partial<AuditEntry> => ({
  ...{ event: 'erase', outcome, by: 'drawbridge', why: erasedText(id) },
});

/** An entry a minute; of these people nothing is said any more. */
function verdict(all: readonly Partial<AuditEntry>[], gone: readonly string[]) {
  const records = all.map((more, i) => ({
    ...{ epoch: EPOCH, sequence: i + 1, at: EPOCH + i * MINUTE_MS },
    ...recordOf(entry(i + 1, more), () => `salt-${i}`),
  }));
  const verification = new Verification({ verifiers: VERIFIERS });
  const links = chained(BEGINNING, records);
  const lines = links.flatMap((link) => {
    const parts = Object.entries(JSON.parse(link.people) as object).filter(([id]) => !gone.includes(id));
    return [lineOf({ ...link, people: JSON.stringify(Object.fromEntries(parts)) }), noteLine(signedHead(link))];
  });
  for (const [i, line] of lines.entries()) verification.take(Buffer.from(line), 'audit.jsonl', i + 1);
  for (let i = 0; i < 25; i += 1) verification.take(Buffer.from(lines[0] ?? ''), 'audit.jsonl', 99 + i);
  const { faults, erased, remarks: listed } = verification.verdict();
  // However often others stand there twice, this one is listed.
  const remarks = listed.filter((remark) => !remark.endsWith('stands there twice'));
  expect(faults).toEqual([]);
  return [erased, remarks];
}

const unsaid = (who: string, parts: string) => [
  expect.stringMatching(
    new RegExp(`^of ${who}, ${parts} not here, and no entry says that they were erased: it was never brought here`),
  ),
];

describe('what is said of a person and is not there', () => {
  it('is nothing to ask about where an entry says that they were erased', () => {
    expect(verdict([of('ada'), of('ada'), erase('ada', 'begun'), erase('ada')], ['ada'])).toEqual([2, []]);
    expect(verdict([of('ada'), erase('ada', 'begun')], ['ada'])).toEqual([1, []]);
    expect(verdict([of('ada')], [])).toEqual([0, []]);
  });

  it.each<[string, readonly Partial<AuditEntry>[], unknown]>([
    ['none says so', [of('ada')], unsaid('1 person \\(ada\\)', '1 part is')],
    ['one says it of somebody else', [of('ada'), of('ada'), erase('bob')], unsaid('1 person \\(ada\\)', '2 parts are')],
    ['one says that it was refused', [of('ada'), erase('ada', 'refused')], unsaid('1 person \\(ada\\)', '1 part is')],
    [
      'it was said of them after they were erased',
      [of('ada'), erase('ada'), {}, {}, of('ada')],
      unsaid('1 person \\(ada\\)', '4 parts are'),
    ],
    [
      'none says so of many',
      ['ada', 'bob', 'cy', 'dee'].map(of),
      unsaid('4 people \\(ada, bob, cy, …\\)', '4 parts are'),
    ],
  ])('is told where %s: whoever can write there could have taken it', (_, all, remarks) => {
    expect(verdict(all, ['ada', 'bob', 'cy', 'dee'])[1]).toEqual(remarks);
  });
});
