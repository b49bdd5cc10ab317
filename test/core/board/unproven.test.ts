import { expect, it } from 'vitest';
import { csvOf } from '../../../src/core/board/csv.ts';
import { exposureOf } from '../../../src/core/board/exposure.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';
import { RowTable } from '../../../src/core/board/table.ts';
import { timelineOf } from '../../../src/core/board/timeline.ts';

const HOUR = 3_600_000;
const window = { from: 0, to: 4 * HOUR, now: 4 * HOUR };

function tableOf(verdict: BoardRow['verdict'], more: Partial<BoardRow> = {}) {
  const row: BoardRow = {
    ...{ id: 'r1', version: 1, status: 'ended', machine: 'aws:1:eu:i-1', machineName: 'web-1', people: [] },
    ...{ requester: { id: 'ada', name: 'Ada' }, ports: ['22'], source: '203.0.113.7/32', policies: [], askedAt: 1 },
    ...{ openedAt: HOUR, closedAt: 3 * HOUR, lateMs: HOUR, ...(verdict ? { verdict } : {}) },
    ...more,
  };
  const table = new RowTable();
  const slot = table.put(row);
  return { row, table, slots: (look: (one: number) => unknown) => void look(slot) };
}

it('what nobody could read back as closed was not closed late, and not proven closed', () => {
  const { row, table, slots } = tableOf('unknown');
  expect(exposureOf(table, slots, window)).not.toHaveProperty('late');
  const [line] = timelineOf(table, slots, { ...window, skip: 0, most: 9 }).lines;
  expect(line?.bars).toEqual([expect.objectContaining({ isUnproven: true })]);
  expect(line?.bars[0]).not.toHaveProperty('isLate');
  expect(csvOf([row]).split('\r\n')[1]).toMatch(/"unknown","",""$/);
});

it('what was read back is as late as it was, also where others keep the port open', () => {
  for (const verdict of ['closed', 'open'] as const) {
    const { row, table, slots } = tableOf(verdict);
    expect(exposureOf(table, slots, window).late).toMatchObject({ most: HOUR, of: 1 });
    const [line] = timelineOf(table, slots, { ...window, skip: 0, most: 9 }).lines;
    expect(line?.bars).toEqual([expect.objectContaining({ isLate: true })]);
    expect(csvOf([row])).toContain(`"${verdict}","3600"`);
  }
});

it('an instant that no calendar has leaves its cell empty, and all others as they are', () => {
  const { row } = tableOf('closed', { openedAt: 1e18 });
  const [head = '', line = ''] = csvOf([row]).split('\r\n');
  const cell = (name: string) => line.split(',')[head.split(',').indexOf(`"${name}"`)];
  expect([cell('opened_at'), cell('closed_at')]).toEqual(['""', '"1970-01-01T03:00:00.000Z"']);
});
