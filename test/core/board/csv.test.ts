import { expect, it } from 'vitest';
import { csvOf } from '../../../src/core/board/csv.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';

const ROW: BoardRow = {
  ...{ id: 'r1', version: 1, status: 'ended', machine: 'aws:1:eu:i-1', machineName: 'web-1', ports: ['22'] },
  ...{ requester: { id: 'ada', name: 'Ada' }, people: ['ada'], source: '203.0.113.7/32', policies: [], askedAt: 1 },
};

const cellOf = (row: BoardRow, name: string) => {
  const [head = '', line = ''] = csvOf([row]).split('\r\n');
  return line.split(',')[head.split(',').indexOf(`"${name}"`)];
};

it('has beside each name whose it is: two people may have one', () => {
  const row = { ...ROW, deciders: ['Grace', 'Grace'], deciderIds: ['g-1', 'g-2'] };
  expect([cellOf(row, 'requester'), cellOf(row, 'requester_id')]).toEqual(['"Ada"', '"ada"']);
  expect([cellOf(row, 'deciders'), cellOf(row, 'decider_ids')]).toEqual(['"Grace; Grace"', '"g-1; g-2"']);
  expect([cellOf(row, 'machine'), cellOf(row, 'machine_id')]).toEqual(['"web-1"', '"1:eu:i-1"']);
});

it('has none where nobody decided, or nothing was kept of who it was', () => {
  expect([cellOf(ROW, 'deciders'), cellOf(ROW, 'decider_ids')]).toEqual(['""', '""']);
  expect(cellOf({ ...ROW, deciders: ['Grace'] }, 'decider_ids')).toBe('""');
});
