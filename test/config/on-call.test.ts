import { describe, expect, it } from 'vitest';
import { schedulesOf, urlsOf } from '../../src/config/schedules.ts';
import { configOf, edited, faultsOf, SMALL } from './files.ts';

const withSchedules = (text: string) => edited(SMALL, 'policies:', `onCall: ${text}\npolicies:`);

describe('schedules', () => {
  it('are of one kind, with what it needs', () => {
    const db = 'db: { pagerDuty: { schedule: PABC123 } }';
    expect(
      faultsOf(
        withSchedules(`{ schedules: { ${db}, web: {}, net: { calendar: {}, http: { url: "https://a.example/" } } } }`),
      ),
    ).toEqual([
      'onCall.schedules.db.pagerDuty: needs onCall.pagerDuty: its API key (line 7)',
      'onCall.schedules.web: must have exactly one of pagerDuty, calendar, and http (line 7)',
      'onCall.schedules.net: must have exactly one of pagerDuty, calendar, and http (line 7)',
      'onCall.schedules.net.calendar: must have exactly one of url and secretUrl (line 7)',
    ]);
    expect(faultsOf(withSchedules('{ schedules: { db: { pagerDuty: { schedule: db, level: 0 } } } }'))).toEqual([
      'onCall.schedules.db.pagerDuty.schedule: must be the ID of a schedule such as PABC123 (line 7)',
      'onCall.schedules.db.pagerDuty.level: must be 1 or more (line 7)',
    ]);
  });

  it('are named by policies only where they are there', () => {
    const text = edited(
      withSchedules('{ schedules: { payments: { http: { url: "https://a.example/" } } } }'),
      '[person:grace]',
      '["onCall:payment", "onCall:payments"]',
    );
    expect(faultsOf(text)).toEqual([
      'policies[0].approvers[0]: no schedule is called payment; did you mean payments?; onCall.schedules has them (line 13)',
    ]);
  });

  it('are read with their secrets, and name the hosts that stand in the file', () => {
    process.env.TEST_URL = 'https://secret.example/x.ics';
    process.env.TEST_TOKEN = 'token';
    const config = configOf(
      withSchedules(
        '{ schedules: { a: { calendar: { secretUrl: env:TEST_URL } }, b: { http: { url: "https://b.example/", token: env:TEST_TOKEN } }, c: { pagerDuty: { schedule: PABC123, level: 2 } } }, pagerDuty: { token: env:TEST_TOKEN }, people: { "A@x.example": ada } }',
      ),
    );
    expect(schedulesOf(config.onCall)).toEqual({
      schedules: new Map<string, object>([
        ['a', { kind: 'calendar', url: 'https://secret.example/x.ics', zone: 'UTC' }],
        ['b', { kind: 'http', url: 'https://b.example/', token: 'token' }],
        ['c', { kind: 'pagerDuty', id: 'PABC123', level: 2, url: 'https://api.pagerduty.com', token: 'token' }],
      ]),
      people: new Map([['a@x.example', 'ada']]),
    });
    expect(urlsOf(config.onCall)).toEqual(['https://b.example/', 'https://api.pagerduty.com']);
  });
});
