import { describe, expect, it } from 'vitest';
import { isMeantBy, isNamedBy, readFilter } from '../../../src/core/board/filter.ts';
import { namedRow } from '../../../src/core/board/names.ts';
import { PastRows } from '../../../src/core/board/past.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';
import { RowTable } from '../../../src/core/board/table.ts';

const NOW = Date.UTC(2026, 6, 1);
const ALL = { isAll: true, person: 'p', policies: new Set<string>() };

function row(id: string, machineName: string, who = 'Ada Okafor'): BoardRow {
  return namedRow({
    ...{ id, version: 1, status: 'ended', machine: `aws:1:eu:${id}` as BoardRow['machine'], machineName },
    ...{ requester: { id: `p-${id}`, name: who }, people: [], ports: ['22'], source: '203.0.113.7/32' },
    ...{ policies: ['p'], askedAt: NOW - 9, openedAt: NOW - 8, until: NOW - 2, closedAt: NOW - 2 },
  });
}

/** As somebody types it into the search of the board. */
const typed = (text: string) => readFilter(new URLSearchParams({ q: text }), NOW);

/** By each way in which the board looks for it. */
function found(rows: readonly BoardRow[], text: string): readonly string[] {
  const filter = typed(text);
  const past = new PastRows(new RowTable());
  for (const one of rows) past.put(one);
  const listed = past
    .select(filter, ALL)
    .page(0, 99)
    .map(({ id }) => id);
  expect(rows.flatMap((one) => (isMeantBy(filter, one) ? [one.id] : [])).toSorted()).toEqual(listed.toSorted());
  return listed.toSorted();
}

describe('a search', () => {
  it.each([
    ['a zero-width space in it', 'we\u200bb-1'],
    ['a joiner, and text that is turned', '\u2066we\u2060b-1\u2069'],
    ['Cyrillic letters', 'wеb-1'],
    ['Greek capitals', 'WΕB-1'],
    ['full-width letters', 'ｗｅｂ－１'],
    ['another dash', 'web–1'],
    ['a letter in two parts', 'we\u034fb-1'],
  ])('finds a machine whose name has %s, and is found by it', (_, name) => {
    const rows = [row('a', 'web-1'), row('b', name), row('c', 'db-1')];
    for (const text of ['web-1', 'WEB-1', name]) expect(found(rows, text)).toEqual(['a', 'b']);
    const machine = { name, location: 'eu-west-1', cloud: 'aws' };
    expect([isNamedBy(typed('web'), machine), isNamedBy(typed('db'), machine)]).toEqual([true, false]);
  });

  it('finds names in scripts of their own, in small letters and in capitals', () => {
    const rows = [row('a', 'сервер-1', 'Νίκος Παπαδόπουλος'), row('b', 'الخادم', 'Виктор'), row('c', '東京', 'ＳＡＭ')];
    for (const [text, id] of [
      ['СЕРВЕР', 'a'],
      ['νίκος', 'a'],
      ['الخادم', 'b'],
      ['ВИКТОР', 'b'],
      ['виктор', 'b'],
      ['東', 'c'],
      ['sam', 'c'],
    ] as const)
      expect(found(rows, text)).toEqual([id]);
  });

  it('finds what is typed in one or two words, and no figure for a letter', () => {
    const rows = [row('a', 'web-10'), row('b', 'web-london'), row('c', 'web 10', 'Grace')];
    expect(found(rows, 'web-10')).toEqual(['a']);
    expect(found(rows, 'ada okafor')).toEqual(['a', 'b']);
    expect(found(rows, 'web 10')).toEqual(['c']);
  });

  it('of nothing that one sees is none: it meets all', () => {
    const rows = [row('a', 'web-1'), row('b', 'db-1')];
    for (const text of ['\u200b', ' \u3164 ', '\u2066\u2069']) expect(found(rows, text)).toEqual(['a', 'b']);
  });
});
