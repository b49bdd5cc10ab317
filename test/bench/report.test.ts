import { describe, expect, it } from 'vitest';
import { markdown, updated } from '../../bench/report.ts';

const measurement = (title: string, value: number) => ({
  ...{ title, how: `How ${title} was measured.`, notes: ['A note.'], goals: [] },
  rows: [{ what: 'each', unit: 'ms', values: [value] }],
});
const ALL = markdown([measurement('one', 1), measurement('two', 2), measurement('three', 3)], 'an old machine');

describe('the page of measurements', () => {
  it('keeps what was not measured again as it is, with its machine, and in its place', () => {
    const page = updated(ALL, markdown([measurement('two', 7)], 'a new machine'));
    expect(page.match(/^## .*$/gm)).toEqual(['## one', '## two', '## three']);
    expect(page).toContain('| each | 7 | 7 | 7 | ms |');
    expect(page).not.toContain('| each | 2 |');
    const [head, one, two, three] = page.split(/^(?=## )/m);
    const [before, first, , third] = ALL.split(/^(?=## )/m);
    expect([head, one, three]).toEqual([before, first, third]);
    expect(two).toContain('Measured on: a new machine.');
  });

  it('has what is new at its end, and is the same again where the same is measured', () => {
    const page = updated(ALL, markdown([measurement('four', 4), measurement('one', 1)], 'an old machine'));
    expect(page.match(/^## .*$/gm)).toEqual(['## one', '## two', '## three', '## four']);
    expect(updated(page, page)).toBe(page);
    expect(updated(ALL, ALL)).toBe(ALL);
  });

  it('takes its introduction from the program', () => {
    expect(updated('# Old\n\nWords.\n\n## one\n\nText.\n', ALL)).toBe(ALL);
  });
});
