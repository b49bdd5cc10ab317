import { describe, expect, it } from 'vitest';
import { DAY, HOUR, hunted, MINUTE, NOW } from './hunted.ts';
import {
  dense,
  end,
  granted,
  isAsk,
  isBy,
  isOpened,
  lastAsk,
  opened,
  overHistories,
  PEOPLE,
  rowsOf,
  same,
} from './hunted-people.ts';

describe('over any history', () => {
  it('first-seen: a person, a machine or a source of theirs that the ninety days before do not have', () => {
    overHistories((all, rows) => {
      const before = all.filter((one) => isAsk(one) && one.asked > NOW - 90 * DAY && one.asked <= NOW - DAY);
      const want = all
        .filter((one) => isAsk(one) && one.asked > NOW - DAY)
        .map((one) => {
          const own = before.filter(({ who }) => who === one.who);
          const [machine, source] = [
            own.some((b) => b.machine === one.machine),
            own.some((b) => b.source === one.source),
          ];
          return [one.id, own.length === 0, !machine, !source];
        })
        .filter(([, ...isNew]) => isNew.includes(true));
      const found = hunted('first-seen', rows);
      same(
        found.map(({ Request, NewPerson, NewMachine, NewSource }) => [Request, NewPerson, NewMachine, NewSource]),
        want,
      );
    });
  });

  it('openings-without-a-request: none that was asked for, by breaking glass, or by a drill', () => {
    overHistories((all, rows) => {
      const foreign = { Event: 'foreign write', By: 'drawbridge', EventTime: NOW - DAY };
      const want = all.filter((one) => {
        const isKnown = one.kind !== 'unasked' && one.asked > NOW - 90 * DAY;
        return isOpened(one) && opened(one) > NOW - 7 * DAY && isBy(opened(one)) && !isKnown;
      });
      const found = hunted('openings-without-a-request', [...rows, foreign]);
      same(
        found.map(({ Event, Request }) => [Event, Request]),
        [...want.map(({ id }) => ['opened', id]), ['foreign write', '']],
      );
    });
  });

  it('denied-then-approved-elsewhere: by another than who denied, within a day, the same person and machine', () => {
    overHistories((all, rows) => {
      const decided = (verdict: string) => all.filter((one) => one.kind === 'asked' && one.verdict === verdict);
      const approvals = [
        ...decided('approved').map((one) => ({ one, at: opened(one), by: one.by })),
        ...all
          .filter(({ kind, againAfter }) => kind === 'asked' && againAfter !== undefined)
          .map((one) => ({ one, at: one.asked, by: 'ivan' })),
      ].filter(({ at }) => at > NOW - 7 * DAY && isBy(at));
      const want = approvals.flatMap(({ one, at, by }) =>
        decided('denied').flatMap((no) => {
          const isSame = no.who === one.who && no.machine === one.machine && no.id !== one.id && no.by !== by;
          return isSame && at >= opened(no) && at <= opened(no) + DAY ? [[one.id, no.id]] : [];
        }),
      );
      const found = hunted('denied-then-approved-elsewhere', rows);
      same(
        found.map(({ Request, DeniedRequest }) => [Request, DeniedRequest]),
        want,
      );
    }, dense);
  });

  it('approved-in-seconds: from the last time that it was asked', () => {
    overHistories((all, rows) => {
      const want = all.filter((one) => {
        const isLate = lastAsk(one) > NOW - 7 * DAY && isBy(opened(one));
        return (
          one.kind === 'asked' &&
          one.verdict === 'approved' &&
          one.by !== 'configuration' &&
          isLate &&
          one.decidedAfter < 5_000
        );
      });
      const voided = all.filter(
        ({ kind, againAfter, asked }) => kind === 'asked' && againAfter !== undefined && asked > NOW - 7 * DAY,
      );
      const found = hunted('approved-in-seconds', rows);
      same(
        found.map(({ Request, After }) => [Request, After]),
        [...want.map((one) => [one.id, one.decidedAfter]), ...voided.map(({ id }) => [id, 0])],
      );
    });
  });

  it('out-of-hours: by the clocks in Berlin, on the days when they change, too', () => {
    /** Central European time: an hour more in summer, from and to 1:00 UTC on the last Sundays of March and October. */
    const berlin = (at: number) => {
      const lastSunday = (month: number) => {
        const last = new Date(Date.UTC(2026, month + 1, 0, 1));
        return last.getTime() - last.getUTCDay() * DAY;
      };
      return new Date(at + (at >= lastSunday(2) && at < lastSunday(9) ? 2 : 1) * HOUR);
    };
    overHistories((all, rows) => {
      const want = all.filter((one) => {
        const local = berlin(opened(one));
        const isOut = [0, 6].includes(local.getUTCDay()) || local.getUTCHours() < 7 || local.getUTCHours() > 19;
        return isOpened(one) && opened(one) > NOW - 30 * DAY && isBy(opened(one)) && isOut;
      });
      const found = hunted('out-of-hours', rows);
      same(
        found.map(({ Request }) => Request),
        want.map(({ id }) => id),
      );
    });
  });

  it('same-source-many-people: a person with a name in each chat is one', () => {
    overHistories((all, rows) => {
      const own = all.filter((one) => isAsk(one) && one.source !== '' && one.asked > NOW - 30 * DAY);
      const want = [...new Set(own.map(({ source }) => source))].flatMap((source) => {
        const asked = own.filter((one) => one.source === source);
        const people = PEOPLE.filter((who) => asked.some((one) => one.who === who)).length;
        return people >= 3 ? [[source, people, asked.length]] : [];
      });
      const found = hunted('same-source-many-people', rows);
      same(
        found.map(({ Source, Count, Requests }) => [Source, Count, Requests]),
        want,
      );
    });
  });

  it('who-asked-who-approved: what is in force says when it ends', () => {
    overHistories((all, rows) => {
      const young = all.filter((one) => one.kind === 'asked' && one.asked > NOW - 30 * DAY);
      const want = young.map((one) => {
        const isApproved = one.verdict === 'approved' && isBy(opened(one));
        const isExtended = isApproved && one.extendedBy !== undefined && isBy(granted(one) - MINUTE);
        const voided = one.againAfter === undefined ? [] : ['ivan'];
        const approvedBy = [...voided, ...(isApproved && one.by !== 'configuration' ? [one.by] : [])];
        const inForce = isExtended ? end(one) : isApproved ? granted(one) : undefined;
        const ends = inForce ?? (voided.length > 0 ? end(one) + 9 * DAY : undefined);
        const closed = isApproved && one.isClosed && isBy(end(one)) ? end(one) : undefined;
        const names = approvedBy.map((by) => `${by} ${one.name}`);
        return [one.id, one.who, one.asked, approvedBy, names, isApproved, ends, closed];
      });
      const found = hunted('who-asked-who-approved', rows).filter(({ Request }) =>
        young.some(({ id }) => id === Request),
      );
      same(
        found.map((row) => [
          row.Request,
          row.Requester,
          row.Asked,
          row.ApprovedBy,
          row.ApprovedByName,
          row.Opened !== undefined,
          row.Ends,
          row.Closed,
        ]),
        want,
      );
    });
  });

  it('who-asked-who-approved: by IDs where names are sealed, and nobody is taken for a policy', () => {
    overHistories((all, rows) => {
      const sealed = rows.map((row) => ({ ...row, ByName: '', RequesterName: '', Policies: 'p1' }));
      const young = all.filter((one) => one.kind === 'asked' && one.asked > NOW - 30 * DAY);
      const want = young.map((one) => {
        const isApproved = one.verdict === 'approved' && isBy(opened(one));
        const isByPolicy = isApproved && one.by === 'configuration';
        const voided = one.againAfter === undefined ? [] : ['ivan'];
        return [one.id, [...voided, ...(isApproved && !isByPolicy ? [one.by] : [])], isByPolicy ? 'p1' : ''];
      });
      const found = hunted('who-asked-who-approved', sealed).filter(({ Request }) =>
        young.some(({ id }) => id === Request),
      );
      same(
        found.map((row) => [row.Request, row.ApprovedBy, row.ByPolicy ?? '']),
        want,
      );
    });
  });

  it('name people by their IDs wherever they name them', () => {
    const columns = [
      ['approved-in-seconds', ['ApprovedBy', 'Requester']],
      ['late-closings', ['Requester']],
      ['same-source-many-people', ['People']],
    ] as const;
    const one = {
      id: 'r1',
      who: 'ada',
      name: 'in Slack',
      machine: 'm1',
      source: '203.0.113.7/32',
      kind: 'asked',
    } as const;
    const life = {
      asked: NOW - 5 * HOUR,
      againAfter: undefined,
      verdict: 'approved',
      by: 'grace',
      decidedAfter: 1,
    } as const;
    const all = PEOPLE.flatMap((who, i) =>
      rowsOf({ ...one, ...life, id: `r${i}`, who, lasts: HOUR, extendedBy: undefined, isClosed: false }),
    ).map((row) => ({ ...row, ByName: '', RequesterName: '' }));
    for (const [name, ids] of columns)
      for (const row of hunted(name, all))
        for (const column of ids) expect(String(row[column])).toMatch(/^(?:ada|bob|cyd|dee|grace)/);
    for (const [name] of columns) expect(hunted(name, all)).not.toEqual([]);
  });
});
