import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PagerDutySimulator, startPagerDuty } from '../../../simulators/pagerduty/index.ts';
import { schedulesIn } from './rig.ts';

const NOW = Date.parse('2026-03-16T08:30:00Z');
const HOUR = 3_600_000;
let pager: PagerDutySimulator;
beforeAll(async () => {
  pager = await startPagerDuty({ now: () => NOW });
  process.env.TEST_PD = pager.token;
  process.env.TEST_PD_OLD = 'old';
});
afterAll(() => pager.stop());

const access = (token = 'TEST_PD') => `pagerDuty: { token: env:${token}, url: "${pager.url}" }`;
const house = (level = '', token?: string) =>
  schedulesIn(
    `{ ${access(token)}, schedules: { db: { pagerDuty: { schedule: PDB0001${level} } } }, people: { "Bot@Example.com": grace } }`,
    () => NOW,
  );

describe('a schedule of PagerDuty', () => {
  it('gives whoever is on call by it now, and nobody else', async () => {
    pager.set([
      { schedule: 'PDB0001', email: 'Ada@Example.com', start: NOW - HOUR, end: NOW + HOUR },
      { schedule: 'PDB0001', email: 'grace@example.com', start: NOW + HOUR },
      { schedule: 'PWEB001', email: 'grace@example.com' },
    ]);
    expect(await house().now('db')).toEqual(['ada']);
  });

  it('gives one person once, in however many escalation policies, and can be held to a level', async () => {
    pager.set([
      { schedule: 'PDB0001', email: 'ada@example.com' },
      { schedule: 'PDB0001', email: 'ada@example.com', level: 2 },
      { schedule: 'PDB0001', email: 'bot@example.com', level: 2 },
    ]);
    expect(await house().now('db')).toEqual(['ada', 'grace']);
    expect(await house(', level: 1').now('db')).toEqual(['ada']);
    expect((await house(', level: 3').error('db')).say).toBe('Schedule db: nobody is on call by it now.');
  });

  it('is read page by page', async () => {
    const many = Array.from({ length: 250 }, () => ({ schedule: 'PDB0001', email: 'ada@example.com' }));
    pager.set([...many, { schedule: 'PDB0001', email: 'grace@example.com' }]);
    expect(await house().now('db')).toEqual(['ada', 'grace']);
    pager.set(Array.from({ length: 501 }, () => many[0] ?? { schedule: '', email: '' }));
    expect((await house().error('db')).say).toBe('Schedule db: PagerDuty gives an answer that cannot be read.');
  });

  it('is asked itself where no escalation policy uses it', async () => {
    pager.set([{ schedule: 'PDB0001', email: 'ada@example.com' }], ['PDB0001']);
    expect(await house().now('db')).toEqual(['ada']);
    pager.set([], ['PDB0001']);
    expect((await house().error('db')).say).toBe('Schedule db: nobody is on call by it now.');
  });

  it('cannot be told where whoever is on call is not known, or left', async () => {
    pager.set([
      { schedule: 'PDB0001', email: 'zoe@example.com' },
      { schedule: 'PDB0001', email: 'left@example.com' },
    ]);
    expect(await house().error('db')).toMatchObject({
      code: 'scheduleUnknown',
      kind: 'unjudged',
      say: 'Schedule db: on call is “zoe@example.com”, “left@example.com”, whom nobody knows.',
      hint: 'Ask your Drawbridge administrator to add them to `onCall.people`.',
    });
    // Of several who are on call those who are known may decide.
    pager.set([
      { schedule: 'PDB0001', email: 'zoe@example.com' },
      { schedule: 'PDB0001', email: 'ada@example.com' },
    ]);
    const { now, logged } = house();
    expect(await now('db')).toEqual(['ada']);
    expect(logged).toEqual([{ schedule: 'db', strangers: ['zoe@example.com'] }]);
  });

  it('cannot be told where it is not there, throttled, or not to be read', async () => {
    pager.set([]);
    expect((await house().error('db')).say).toBe('Schedule db: PagerDuty does not have it (HTTP 404).');
    expect((await house('', 'TEST_PD_OLD').error('db')).say).toBe(
      'Schedule db: PagerDuty does not accept the credentials (HTTP 401).',
    );
    pager.faults.add('/oncalls', { kind: 'throttle' });
    expect((await house().error('db')).say).toBe('Schedule db: PagerDuty throttles.');
    pager.faults.add('/oncalls', { kind: 'error', status: 503, code: 'Service Unavailable' });
    expect((await house().error('db')).kind).toBe('unjudged');
    expect((await house().error('web')).say).toBe('Schedule web: drawbridge.yaml does not have it.');
  });

  it('has a line of the doctor', async () => {
    pager.set([{ schedule: 'PDB0001', email: 'ada@example.com' }]);
    const look = () => house().made.examine([], AbortSignal.timeout(5_000));
    expect(await look()).toEqual([{ of: 'On call', what: 'db', verdict: 'fine' }]);
    pager.set([], ['PDB0001']);
    expect(await look()).toEqual([
      {
        of: 'On call',
        what: 'db',
        verdict: 'fault',
        means: 'Schedule db: nobody is on call by it now.',
        remedy: 'Put somebody on call there.',
      },
    ]);
  });
});
