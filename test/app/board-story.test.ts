import { describe, expect, it } from 'vitest';
import { storyOf } from '../../src/app/board/story.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { recordOf } from '../../src/core/audit/record.ts';
import type { Pending, Request } from '../../src/core/request/request.ts';
import type { AuditRecord } from '../../src/ports/audit.ts';
import { open, pending } from '../conformance/fixtures.ts';

const [ADA, EVE] = [
  { id: 'p-1', name: 'Grace' },
  // The second letter is Cyrillic.
  { id: 'p-2', name: 'Grаce' },
];
const BY = (person: typeof ADA): Partial<AuditEntry> => ({ by: { person, chat: 'slack' }, as: 'requester' });

function entry(n: number, more: Partial<AuditEntry>): AuditRecord {
  const own = { act: 'a', event: 'asked', outcome: 'done', by: 'drawbridge', as: 'program', ...more } as AuditEntry;
  return { epoch: 7, sequence: n, at: n, ...recordOf(own, () => 'salt') };
}

function story(
  entries: readonly AuditRecord[],
  asked = [EVE],
  become: (own: Pending) => Request = (own) => open(own, 1_000),
) {
  const request = become(pending('aaaaaaa', 1_000, { requester: ADA, asked }));
  const deps = { store: { load: async () => ({ request, now: { at: 2_000 } }) } };
  const boards = { rows: { entries: async () => entries }, reading: { note: async () => {} } };
  const seat = { person: ADA, viewer: { mayAct: false }, right: { isAll: true, person: 'p-1', policies: new Set() } };
  return storyOf(deps as never, boards as never, seat as never, 'aaaaaaa');
}

describe('the story of a request', () => {
  it('tells people apart whose names look the same, wherever it names them', async () => {
    const { row, moments, entries } = await story([entry(1, BY(ADA)), entry(2, BY(EVE)), entry(3, {})]);
    expect(row.requester).toEqual({ id: 'p-1', name: 'Grace (p-1)' });
    expect(moments[0]).toMatchObject({ event: 'asked', by: 'Grace (p-1)' });
    expect(entries.map(({ by }) => by)).toEqual(['Grace (p-1)', 'Grаce (p-2)', 'drawbridge']);
  });

  it('tells them apart in its facts, too', async () => {
    const { facts, row } = await story([], [EVE], (own) => own);
    expect(row.waitsFor).toEqual(['Grаce (p-2)']);
    expect(facts.find(([label]) => label === 'Asked')?.[1]).toContain('Grаce (p-2)');
    expect(row.requester.name).toBe('Grace (p-1)');
  });

  it('leaves names as they are where nobody is taken for somebody else', async () => {
    const { row, entries } = await story([entry(1, BY(ADA)), entry(2, { by: { user: 'ops', host: 'h1' } })], []);
    expect([row.requester.name, ...entries.map(({ by }) => by)]).toEqual(['Grace', 'Grace', 'ops']);
  });

  it('says once what happened, and beside it only what that does not say', async () => {
    const timeline = [
      { at: 1, event: 'elapsed' },
      { at: 2, event: 'closed', by: 'drawbridge', text: 'closed' },
      { at: 3, event: 'trouble', text: 'cloudBusy' },
    ];
    const { moments } = await story([], [EVE], (own) => ({ ...open(own, 1_000), timeline }) as Request);
    expect(moments.map(({ text }) => text)).toEqual([undefined, undefined, 'cloudBusy']);
  });

  it('takes nobody for the program who calls themselves so', async () => {
    const { entries } = await story([entry(1, {}), entry(2, BY({ id: 'p-3', name: 'Drawbridge' }))], []);
    expect(entries.map(({ by }) => by)).toEqual(['drawbridge (drawbridge)', 'Drawbridge (p-3)']);
  });

  it('shows the other entries where one cannot be read, or was changed', async () => {
    const right = entry(1, BY(ADA));
    const bad = { ...right, record: 'no JSON' };
    const none = { ...right, people: '[' };
    const other = { ...right, record: right.record.replace('"asked"', '"as\\u202eked"') };
    const { entries } = await story([bad, right, none, other], []);
    expect(entries.map(({ event, by, isIntact }) => [event, by, isIntact])).toEqual([
      ['unreadable', 'unknown', false],
      ['asked', 'Grace', true],
      ['unreadable', 'unknown', false],
      ['as ked', 'Grace', false],
    ]);
  });
});
