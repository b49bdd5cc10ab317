import { describe, expect, it } from 'vitest';
import { after, type Event, isTerminal, type Status, WORKFLOW } from '../../src/core/request/workflow.ts';

/** The table as people read it: a row a status, a column an event, `.` where nothing may happen. */
const TABLE = `
            reviewed approved   denied unanswered withdrawn opened extended   failed  revoked elapsed closed scheduled begun      missed
pending     pending  activating denied expired    withdrawn .      .          .       .       .       .      scheduled .          .
scheduled   .        .          denied .          withdrawn .      .          .       .       .       .      .         activating expired
activating  .        .          .      .          .         active activating closing closing closing .      .         .          .
active      .        .          .      .          .         active active     closing closing closing .      .         .          .
closing     .        .          .      .          .         .      .          .       .       .       ended  .         .          .
denied      .        .          .      .          .         .      .          .       .       .       .      .         .          .
expired     .        .          .      .          .         .      .          .       .       .       .      .         .          .
withdrawn   .        .          .      .          .         .      .          .       .       .       .      .         .          .
ended       .        .          .      .          .         .      .          .       .       .       .      .         .          .`;

const [events = [], ...rows] = TABLE.trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/));
const cells = rows.flatMap(([status = '', ...afters]) =>
  afters.map((next, i) => [status as Status, events[i] as Event, next === '.' ? undefined : (next as Status)] as const),
);

describe('the workflow', () => {
  it.each(cells)('%s, %s → %s', (status, event, next) => {
    expect(after(status, event)).toBe(next);
  });

  it('has no cell besides these', () => {
    const known = Object.entries(WORKFLOW).flatMap(([status, row]) => Object.keys(row).map((event) => [status, event]));
    const meant = cells.flatMap(([status, event, next]) => (next === undefined ? [] : [[status, event]]));
    expect(known.sort()).toEqual(meant.sort());
    expect(rows.map(([status]) => status)).toEqual(Object.keys(WORKFLOW));
  });

  it('ends in four statuses', () => {
    expect((Object.keys(WORKFLOW) as Status[]).filter(isTerminal)).toEqual(['denied', 'expired', 'withdrawn', 'ended']);
  });

  it('leads from approval to the end through closing alone', () => {
    const into = (Object.keys(WORKFLOW) as Status[]).filter((status) =>
      Object.values(WORKFLOW[status]).includes('ended'),
    );
    expect(into).toEqual(['closing']);
  });
});
