import { describe, expect, it } from 'vitest';
import { run } from '../../src/app/inbox/commands.ts';
import { doctor } from '../../src/app/operators/doctor.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import { type Diagnosis, doctorReport } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import { memoryDrills } from '../memory/drills.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, HOST, SENDER, world } from './fixtures.ts';

const FAULT: Diagnosis = { of: 'Redis', what: 'clock', verdict: 'fault', means: 'It is late.', remedy: 'Use NTP.' };

function textOf(all: readonly Diagnosis[]): readonly string[] {
  const { title, sections } = doctorReport(all);
  return [
    phrased(title),
    ...sections.flatMap(({ heading, rows }) => [phrased(heading), ...rows.map(({ line }) => plain(line))]),
  ];
}

const meaning = (one: Diagnosis) => (one.verdict === 'fine' ? 'fine' : one.means);

describe('the doctor', () => {
  it('asks everything there is, with the places it is about, and no failure spoils the rest', async () => {
    const { deps, chat, cloud } = world();
    const asked: Place[] = [];
    const examine = async (places: readonly Place[]) => {
      asked.push(...places);
      return [FAULT];
    };
    cloud.check = () => Promise.reject(new JitError('cloudDenied', { cloud: 'AWS', code: 'AccessDenied' }));
    const broken = { examine: () => Promise.reject(new Error('a secret text of a library')) };
    const everybody = async () => [ADA, GRACE];
    const directory = { ...deps.directory, everybody };
    const found = await doctor({ ...deps, directory, examiners: [{ examine }, broken] }, HOST);
    expect(found).toEqual([
      FAULT,
      expect.objectContaining({ of: 'Drawbridge', verdict: 'fault', means: 'It does not work.' }),
      { of: 'Slack', what: 'sign-in', verdict: 'fine' },
      expect.objectContaining({ of: 'AWS', what: 'sign-in', verdict: 'fault' }),
    ]);
    expect(JSON.stringify(found)).not.toContain('secret');
    const own = [ADA, GRACE].flatMap((person) => deps.directory.reach(person));
    expect(asked).toEqual(expect.arrayContaining([{ chat: 'slack', kind: 'channel', id: 'C1' }, ...own]));
    expect(chat.shown).toEqual([]);
  });

  it('is for security alone, and from chat the same; each run is in the audit', async () => {
    const { deps, audit } = world();
    await expect(doctor(deps, ADA)).rejects.toMatchObject({ code: 'notSecurity' });
    const allowed = { ...deps, rules: { ...deps.rules, security: [`person:${ADA.id}` as const] } };
    const answer = await run(allowed, ADA, { verb: 'doctor' }, SENDER);
    expect(answer.report?.title).toEqual('No faults found; 2 fine, 0 cannot be told');
    expect(entriesOf(audit)).toMatchObject([
      { event: 'doctor', outcome: 'refused', as: 'security', code: 'notSecurity' },
      { event: 'doctor', outcome: 'done', as: 'security', why: 'No faults found; 2 fine, 0 cannot be told' },
    ]);
  });

  it('says faults first, with what they mean and the remedy, and what is fine in few words', () => {
    const fine = (what: string): Diagnosis => ({ of: 'Redis', what, verdict: 'fine' });
    const unknown: Diagnosis = { ...FAULT, of: 'Slack', what: 'deliveries', verdict: 'unknown' };
    expect(textOf([fine('settings'), unknown, FAULT, fine('memory')])).toEqual([
      '1 fault found; 2 fine, 1 cannot be told',
      'Faults',
      'Redis, clock: It is late. Use NTP.',
      'Cannot be told',
      'Slack, deliveries: It is late. Use NTP.',
      'Fine',
      'Redis: settings, memory',
    ]);
  });

  const DAY = 86_400_000;
  const RULES = { tags: {}, port: { number: 22, protocol: 'tcp' as const }, source: '192.0.2.1/32', forMs: 60_000 };
  it.each([
    ['without the setting', undefined, 'No drill is set up.'],
    ['before the first', {}, 'None was run.'],
    ['that passed', { outcome: 'passed' as const }, 'fine'],
    ['that is under way', { startedAt: 0 }, 'fine'],
    [
      'that failed',
      { outcome: 'failed' as const, why: 'It was revoked before its end.' },
      'It was revoked before its end.',
    ],
    ['that nobody watches', { startedAt: -DAY }, 'It has no outcome: the process that watched it is gone.'],
    ['long ago', { outcome: 'passed' as const, startedAt: -31 * DAY }, 'It was 31 d ago, longer than `drill.every`.'],
  ])('tells of the last drill: %s', async (_, drill, told) => {
    const { deps, clock } = world();
    const drills = memoryDrills();
    const startedAt = clock.now() + (drill && 'startedAt' in drill ? drill.startedAt : 0);
    const about = { request: 'k7m3q9w', machineName: 'api-1', what: 'port 22 from 192.0.2.1', by: ADA };
    if (drill && Object.keys(drill).length > 0)
      await drills.keep({ ...about, ...drill, startedAt, dueAt: startedAt + 60_000 });
    const rules = { ...deps.rules, ...(drill ? { drill: { ...RULES, everyMs: 30 * DAY } } : {}) };
    const found = await doctor({ ...deps, rules, drills }, HOST);
    expect(found.flatMap((one) => (one.what === 'last drill' ? [one] : [])).map(meaning)).toEqual([told]);
  });

  it('shows as much as a card has room for, and says how much more there is; a terminal has all', () => {
    const many = Array.from({ length: 60 }, (_, i): Diagnosis => ({ ...FAULT, what: `thing ${i}` }));
    const long = { ...FAULT, means: 'a '.repeat(400) };
    const [faults] = doctorReport(many).sections;
    expect(faults?.rows).toHaveLength(12);
    expect(plain(faults?.rows.at(-1)?.line ?? [])).toBe('… and 49 more: `npx jit doctor`');
    expect(doctorReport(many, true).sections[0]?.rows).toHaveLength(60);
    const rows = doctorReport([long, long, long, long]).sections[0]?.rows ?? [];
    expect(rows.map(({ isLong }) => isLong)).toEqual([true, true, undefined]);
    const fine = Array.from({ length: 40 }, (_, i): Diagnosis => ({ of: 'Slack', what: `${i}`, verdict: 'fine' }));
    expect(textOf(fine).at(-1)).toBe('Slack: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, and 28 more');
  });

  it.each([
    [undefined, 'unknown'],
    [2_000, 'fine'],
    [-2_000, 'fine'],
    [2_500, 'fault'],
    [-60_000, 'fault'],
  ])('compares a clock that is %s ms ahead: %s', (ahead, verdict) => {
    const now = Date.UTC(2026, 10, 27);
    expect(clockOf('AWS', ahead === undefined ? undefined : now + ahead, now).verdict).toBe(verdict);
  });
});
