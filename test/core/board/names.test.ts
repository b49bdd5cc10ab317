import { describe, expect, it } from 'vitest';
import { namedRow, nameOn, rowsApart } from '../../../src/core/board/names.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';
import { toldApart } from '../../../src/core/board/timeline.ts';
import { namesApart } from '../../../src/core/language/names-apart.ts';

const row = (id: string, machine: string, machineName: string, who = 'Ada'): BoardRow => ({
  ...{ id, version: 1, status: 'active', machine: machine as BoardRow['machine'], machineName },
  ...{ requester: { id: `p-${who}`, name: who }, people: [], ports: ['22'], source: '203.0.113.7/32' },
  ...{ policies: ['p\u200b1'], askedAt: 1 },
});

describe('names on the board', () => {
  it.each([
    ['web-1\u202egnp.exe', 'web-1 gnp.exe'],
    ['we\u200bb-1', 'we b-1'],
    ['a\nb\tc', 'a b c'],
    ['الخادم-1', 'الخادم-1'],
    ['<b>x</b>', '<b>x</b>'],
  ])('%j is shown as %j', (name, shown) => {
    expect(nameOn(name, 'aws:1:eu:i-1')).toBe(shown);
  });

  it('are what ends the id where nothing of them can be seen', () => {
    expect(nameOn(' \u200b', 'aws:123456789012:eu-west-1:i-0abc')).toBe('i-0abc');
    expect(nameOn('', 'azure:/subscriptions/s/resourcegroups/rg/providers/x/virtualmachines/vm-1')).toBe('vm-1');
    expect(nameOn('', '')).toBe('no name');
    // A Hangul filler, a Braille cell without a dot, and a joiner that is a mark: no control characters, and nothing to see.
    for (const name of ['\u3164', '\u2800 \u2800', '\u034f'])
      expect(namedRow(row('r1', 'aws:1:eu:i-0abc', name)).machineName).toBe('i-0abc');
  });

  it('are at most 256 characters, which no cloud’s name exceeds', () => {
    expect([...nameOn('n'.repeat(4_000), 'a')]).toHaveLength(256);
    expect(nameOn('n'.repeat(256), 'a')).toBe('n'.repeat(256));
  });

  it('of a row are safe to show; ids and policies stay what they are', () => {
    const odd = row('r1', 'aws:1:eu:i-1', 'we\u200bb-1', 'Ad\u202ea');
    expect(namedRow({ ...odd, sourceName: 'of\u2066fice', waitsFor: ['Gr\u200bace'] })).toEqual({
      ...odd,
      machineName: 'we b-1',
      requester: { id: 'p-Ad\u202ea', name: 'Ad a' },
      sourceName: 'of fice',
      waitsFor: ['Gr ace'],
    });
  });

  it('that several have say which one is meant, by what their ids differ in', () => {
    const name = namesApart([
      { id: 'aws:123456789012:eu-west-1:i-0a', name: 'web-1' },
      { id: 'aws:123456789012:eu-west-1:i-0b', name: 'Web-1' },
      { id: 'aws:123456789012:eu-west-1:i-0c', name: 'web-2' },
      { id: 'azure:/subscriptions/s/resourcegroups/rg-a/providers/m/virtualmachines/db', name: 'db' },
      { id: 'azure:/subscriptions/s/resourcegroups/rg-b/providers/m/virtualmachines/db', name: 'db' },
    ]);
    expect(name({ id: 'aws:123456789012:eu-west-1:i-0a', name: 'web-1' })).toBe('web-1 (i-0a)');
    expect(name({ id: 'aws:123456789012:eu-west-1:i-0b', name: 'Web-1' })).toBe('Web-1 (i-0b)');
    expect(name({ id: 'aws:123456789012:eu-west-1:i-0c', name: 'web-2' })).toBe('web-2');
    expect(name({ id: 'azure:/subscriptions/s/resourcegroups/rg-b/providers/m/virtualmachines/db', name: 'db' })).toBe(
      'db (rg-b)',
    );
  });

  it('of several clouds say which cloud it is', () => {
    const name = namesApart([
      { id: 'aws:123456789012:eu-west-1:i-0a', name: 'db' },
      { id: 'azure:/subscriptions/s/resourcegroups/rg-a/providers/m/virtualmachines/db', name: 'db' },
    ]);
    expect(name({ id: 'aws:123456789012:eu-west-1:i-0a', name: 'db' })).toBe('db (aws i-0a)');
  });

  it('of people by Entra’s IDs say how these begin, or all of them where that is the same', () => {
    const id = (begin: string, end: number) => `${begin}-0000-4000-8000-00000000000${end}`;
    const two = [id('a1a1a1a1', 1), id('b2b2b2b2', 2)].map((one) => ({ id: one, name: 'Ada' }));
    expect(two.map(namesApart(two))).toEqual(['Ada (a1a1a1a1…)', 'Ada (b2b2b2b2…)']);
    const alike = [id('a1a1a1a1', 1), id('a1a1a1a1', 2)].map((one) => ({ id: one, name: 'Ada' }));
    expect(alike.map(namesApart(alike))).toEqual(alike.map((one) => `Ada (${one.id})`));
  });

  it('of who decided and who is asked are told apart from one another and from requesters', () => {
    const [one, other] = rowsApart([
      { ...row('r1', 'aws:1:eu:i-1', 'web-1'), deciders: ['Grace'], deciderIds: ['grace'] },
      { ...row('r2', 'aws:1:eu:i-1', 'web-1'), waitsFor: ['Grаce', 'Lin'], waitsForIds: ['eve', 'lin'] },
    ]);
    expect(one?.deciders).toEqual(['Grace (grace)']);
    expect(other?.waitsFor).toEqual(['Grаce (eve)', 'Lin']);
  });

  it('of people on a timeline are told apart, as those of machines are', () => {
    const bar = (whoId: string, who: string) => ({ from: 1, to: 2, count: 1, id: 'r1', who, whoId });
    const line = (machine: BoardRow['machine'], name: string, own: ReturnType<typeof bar>) => ({
      ...{ machine, name, leases: 1, bars: [own] },
    });
    const { lines } = toldApart({
      ...{ from: 0, to: 9, now: 9, machines: 2 },
      lines: [
        line('aws:1:eu:i-1', 'web-1', bar('p-1', 'Grace')),
        line('aws:1:eu:i-2', 'web-l', bar('p-2', 'Grаce')),
        line('aws:1:eu:i-3', 'db', bar('p-3', 'Lin')),
      ],
    });
    expect(lines.map(({ name, bars }) => [name, bars[0]?.who])).toEqual([
      ['web-1 (i-1)', 'Grace (p-1)'],
      ['web-l (i-2)', 'Grаce (p-2)'],
      ['db', 'Lin'],
    ]);
  });

  it('of one machine in several rows stay as they are', () => {
    const rows = [row('r1', 'aws:1:eu:i-1', 'web-1'), row('r2', 'aws:1:eu:i-1', 'web-1')];
    expect(rowsApart(rows)).toEqual(rows);
  });

  it('of two people who look the same are told apart', () => {
    const [one, other] = rowsApart([
      row('r1', 'aws:1:eu:i-1', 'web-1'),
      { ...row('r2', 'aws:1:eu:i-1', 'web-1'), requester: { id: 'p-eve', name: 'A da' } },
    ]);
    expect([one?.requester.name, other?.requester.name]).toEqual(['Ada (p-Ada)', 'A da (p-eve)']);
  });

  it.each([
    ['Cyrillic', 'wеb-1'],
    ['Cyrillic capitals', 'WЕВ-1'],
    ['Greek', 'ωeb-1'.replace('ω', 'w').replace('e', 'ε')],
    ['full-width letters', 'ｗｅｂ-1'],
    ['another dash', 'web\u20101'],
    ['a zero-width space', 'we\u200bb-1'],
    ['a mark that nobody sees', 'we\u034fb-1'],
    ['a Hangul filler', 'web\u3164-1'],
    ['text that is turned', '\u202eweb-1'],
  ])('that look the same by %s are told apart', (_, other) => {
    expect(other).not.toBe('web-1');
    const rows = rowsApart(
      [row('r1', 'aws:1:eu:i-1', 'web-1'), row('r2', 'aws:1:eu:i-2', other)].map((one) => namedRow(one)),
    );
    expect(rows.map(({ machineName }) => machineName)).toEqual(['web-1 (i-1)', expect.stringMatching(/ \(i-2\)$/)]);
  });

  it('that differ to whoever looks stay as they are', () => {
    for (const other of ['web-2', 'wéb-1', 'веб-1', 'web_1', 'נeb-1']) {
      const rows = rowsApart([row('r1', 'aws:1:eu:i-1', 'web-1'), row('r2', 'aws:1:eu:i-2', other)]);
      expect(rows.map(({ machineName }) => machineName)).toEqual(['web-1', other]);
    }
  });
});
