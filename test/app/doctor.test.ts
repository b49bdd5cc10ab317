import { describe, expect, it } from 'vitest';
import { run } from '../../src/app/inbox/commands.ts';
import { doctor } from '../../src/app/operators/doctor.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import { type Diagnosis, doctorReport } from '../../src/core/view/doctor-page.ts';
import { clockOf } from '../../src/core/view/skew.ts';
import { ADA, GRACE, HOST, SENDER, world } from './fixtures.ts';

const FAULT: Diagnosis = { of: 'Redis', what: 'clock', verdict: 'fault', means: 'It is late.', remedy: 'Use NTP.' };

function textOf(all: readonly Diagnosis[]): readonly string[] {
  const { title, sections } = doctorReport(all);
  return [title, ...sections.flatMap(({ heading, rows }) => [heading, ...rows.map(({ line }) => plain(line))])];
}

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

  it('is for security alone, and from chat the same', async () => {
    const { deps } = world();
    await expect(doctor(deps, ADA)).rejects.toMatchObject({ code: 'notSecurity' });
    const allowed = { ...deps, rules: { ...deps.rules, security: [`person:${ADA.id}` as const] } };
    const answer = await run(allowed, ADA, { verb: 'doctor' }, SENDER);
    expect(answer.report?.title).toBe('No faults found; 2 fine, 0 cannot be told');
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
