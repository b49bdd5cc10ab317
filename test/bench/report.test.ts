import { describe, expect, it } from 'vitest';
import { isReached } from '../../bench/measurement.ts';
import { plot } from '../../bench/plot.ts';
import { machineLine, markdown, updated, withNew } from '../../bench/report.ts';

const measurement = (title: string, value: number, machine = 'an old machine') => ({
  ...{ title, machine, how: `How ${title} was measured.`, notes: ['A note.'], goals: [] },
  rows: [{ what: 'each', unit: 'ms', values: [value] }],
});
const ALL = markdown([measurement('one', 1), measurement('two', 2), measurement('three', 3)]);

describe('the page of measurements', () => {
  it('keeps what was not measured again as it is, with its machine, and in its place', () => {
    const page = updated(ALL, markdown([measurement('two', 7, 'a new machine')]));
    expect(page.match(/^## .*$/gm)).toEqual(['## one', '## two', '## three']);
    expect(page).toContain('| each | 7 | 7 | 7 | ms |');
    expect(page).not.toContain('| each | 2 |');
    const [head, one, two, three] = page.split(/^(?=## )/m);
    const [before, first, , third] = ALL.split(/^(?=## )/m);
    expect([head, one, three]).toEqual([before, first, third]);
    expect(two).toContain('Measured on: a new machine.');
  });

  it('has what is new at its end, and is the same again where the same is measured', () => {
    const page = updated(ALL, markdown([measurement('four', 4), measurement('one', 1)]));
    expect(page.match(/^## .*$/gm)).toEqual(['## one', '## two', '## three', '## four']);
    expect(updated(page, page)).toBe(page);
    expect(updated(ALL, ALL)).toBe(ALL);
  });

  it('takes its introduction from the program', () => {
    expect(updated('# Old\n\nWords.\n\n## one\n\nText.\n', ALL)).toBe(ALL);
  });
});

describe('a goal', () => {
  const goal = { what: 'a ÷ b', unit: '×' };
  const cases = [
    [{ ...goal, value: 1, most: 1 }, true, 'at most 1×. Measured: 1×: reached.'],
    [
      { ...goal, value: 1.2, most: 1, cost: 'Because.' },
      false,
      'at most 1×. Measured: 1.20×: **not reached**. Because.',
    ],
    [{ ...goal, value: 0.95, least: 0.95 }, true, 'at least 0.950×. Measured: 0.950×: reached.'],
    [{ ...goal, value: 0.8, least: 0.95 }, false, 'at least 0.950×. Measured: 0.800×: **not reached**.'],
    [{ ...goal, value: -480, most: 200 }, true, 'at most 200×. Measured: -480×: reached.'],
    [{ ...goal, value: Number.NaN, most: 1 }, false, 'at most 1×. Measured: –×: **not reached**.'],
  ] as const;

  it.each(cases)('%o', (one, reached, words) => {
    expect(isReached(one)).toBe(reached);
    expect(markdown([{ ...measurement('one', 1), goals: [one] }])).toContain(`- Goal: a ÷ b ${words}\n`);
  });

  it('is a bar that ends left of the line where it is reached, whichever way it counts', () => {
    const line = Number(/<line x1="(\d+)"/.exec(plot([]))?.[1]);
    for (const [one, reached] of cases) {
      const [, x = 0, width = 0] =
        /<rect x="(\d+)" y="\d+" width="(\d+)"/.exec(plot([{ ...measurement('a & b', 1), goals: [one] }])) ?? [];
      expect([one, Number(x) + Number(width) <= line]).toEqual([one, reached]);
    }
    expect(plot([{ ...measurement('a & b', 1), goals: [cases[0][0]] }])).toContain('a &amp; b: a ÷ b</title>');
  });
});

describe('what a machine cannot carry', () => {
  it('is said in its row', () => {
    const rows = [{ what: 'pg-boss', unit: 'ms', values: [], notRun: 'there is no PostgreSQL' }];
    expect(markdown([{ ...measurement('one', 1), rows }])).toContain(
      '| pg-boss | | | | not run: there is no PostgreSQL |',
    );
  });
});

describe('the figures that are kept', () => {
  it('are replaced by title, and what is new comes last', () => {
    const kept = withNew(
      [measurement('one', 1), measurement('two', 2)],
      [measurement('three', 3), measurement('one', 9)],
    );
    expect(kept.map(({ title, rows }) => [title, rows[0]?.values])).toEqual([
      ['one', [9]],
      ['two', [2]],
      ['three', [3]],
    ]);
  });

  it('say how busy the machine was', () => {
    expect(machineLine('7.0.15', { before: 0.42, after: 3 })).toMatch(
      /, Redis 7\.0\.15; load 0\.4 before and 3\.0 after$/,
    );
  });
});
