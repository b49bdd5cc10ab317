import { describe, expect, it } from 'vitest';
import { explain } from '../../src/app/request/explain.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Policy, Refusal } from '../../src/core/policy/policy.ts';
import { policyVersion } from '../../src/core/policy/version.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;
const ASKED = { machine: 'api-1', ports: [], forMs: HOUR, source: '203.0.113.7/32' };
const lines = async (deps: Parameters<typeof explain>[0], patch: Partial<typeof ASKED> = {}) => {
  const { sections } = await explain(deps, ADA, { ...ASKED, ...patch, justification: 'deploy' });
  return sections.map(({ heading, rows }) => `${heading} ${rows.map(({ line }) => plain(line)).join(' ')}`);
};

describe('explaining a request', () => {
  it('says who would decide, keeps nothing, and tells nobody', async () => {
    const { deps, chat } = world({});
    expect(await lines(deps)).toEqual([
      'Would it pass? It could be requested now.',
      `Judged by Policy production (version ${policyVersion([POLICY])}): at most 4 h in all.`,
      'Decided by Policy production: 1 of the manager. Asked first: Grace.',
    ]);
    expect(await deps.store.live(9)).toEqual([]);
    expect(chat.shown).toEqual([]);
    const auto = world({ policies: [{ ...POLICY, auto: { upToMs: HOUR } }] });
    expect((await lines(auto.deps)).at(-1)).toBe('Decided by Nobody: the policy lets it in without a decision.');
  });

  it('is an act of whoever asks: at the command line, of the operator', async () => {
    const acts = async (more: object) => {
      const { deps, audit } = world({ policies: [POLICY], people: [ADA, GRACE] });
      await explain({ ...deps, ...more }, ADA, ASKED);
      return audit.all.map(({ record }) => JSON.parse(record)).map(({ by, as, requester }) => [by, as, requester]);
    };
    expect(await acts({})).toEqual([['ada', 'requester', 'ada']]);
    expect(await acts({ acting: { user: 'root', host: 'h' } })).toEqual([
      [expect.stringMatching(/^login-/), 'commandLine', 'ada'],
    ]);
  });

  it('says where leaving a group would lead to more', async () => {
    const strict: Policy = { ...POLICY, name: 'strict', who: ['group:engineers'], longestMs: HOUR };
    const loose: Policy = { ...POLICY, name: 'loose', who: ['person:ada'] };
    const ada = { ...ADA, groups: ['engineers'] };
    const { deps } = world({ policies: [strict, loose], people: [ada, GRACE] });
    const { sections } = await explain(deps, ada, { ...ASKED, justification: 'deploy' });
    expect(sections.at(-1)).toMatchObject({
      heading: 'Leaving a group',
      rows: [
        {
          line: [
            'Without the groups that policy strict names, policy loose would judge it, which is less strict; strict has longest 1 h instead of 4 h.',
          ],
        },
      ],
    });
    const other = world({ policies: [loose, strict], people: [ada, GRACE] });
    expect(
      (await explain(other.deps, ada, { ...ASKED, justification: 'deploy' })).sections.map(({ heading }) => heading),
    ).not.toContain('Leaving a group');
  });

  const SAM = { ...ADA, id: 'sam', name: 'Sam', slack: 'U3', manager: 'grace', address: '203.0.113.9/32' };
  const BEHALF: Policy = { ...POLICY, onBehalf: true };
  const office = { days: [1, 2, 3, 4, 5], fromMinute: 7 * 60, toMinute: 20 * 60, zone: 'UTC' };
  // Now is 12:00 of a Monday.
  const WAYS: readonly (readonly [string, Policy, Readonly<Record<string, unknown>>])[] = [
    ['at once', POLICY, {}],
    ['later', POLICY, { start: 'at tomorrow 9:00' }],
    ['later, and outside of the hours', { ...POLICY, hours: office }, { start: 'at 22:00' }],
    ['later, within the hours', { ...POLICY, hours: office }, { start: 'at tomorrow 9:00' }],
    ['too far ahead', POLICY, { start: 'at 2026-12-24 9:00' }],
    ['in the past', POLICY, { start: 'at 2026-11-01 9:00' }],
    ['for somebody else', BEHALF, { whom: '@sam' }],
    ['for somebody else, later', BEHALF, { whom: '@sam', start: 'at tomorrow 9:00' }],
    ['for somebody else, for whom nobody may', POLICY, { whom: '@sam' }],
    ['for somebody who is not there', BEHALF, { whom: '@otto' }],
    ['for the one who decides', { ...BEHALF, who: ['group:eng', 'person:grace'] }, { whom: '@grace' }],
    [
      'where whoever asks for somebody else would decide',
      { ...BEHALF, stages: [oneStage(['person:ada'], 1)] },
      { whom: '@sam' },
    ],
    ['for less than the shortest time', POLICY, { forMs: 1_000 }],
    ['by too many requests', POLICY, { floods: 0 }],
    ['the same a second time', POLICY, { twice: true }],
  ];
  it.each(WAYS)('never differs from what asking gives: %s', async (_, policy, { floods, twice, ...way }) => {
    const { deps } = world({ policies: [policy], people: [ADA, GRACE, SAM] });
    if (floods === 0)
      Object.defineProperty(deps, 'rules', { value: { ...deps.rules, floods: { person: 0, machine: 0, all: 0 } } });
    const ask = { ...ASKED, justification: 'deploy', ...way };
    if (twice) await submit(deps, ADA, ask, { ...SENDER, key: 'first' });
    const told = (error: { say: string; hint: string }) => `${error.say} ${error.hint}`;
    const shown = await explain(deps, ADA, ask).then(
      ({ title, sections }) => ({ title, rows: (sections[0]?.rows ?? []).map(({ line }) => plain(line)).join(' ') }),
      (error) => ({ title: '', rows: told(error) }),
    );
    const asked = await submit(deps, ADA, ask, SENDER).then(
      (request) => ({ request, said: twice ? `request \`${request.id}\`` : 'It could be requested now.' }),
      (error) => ({ request: undefined, said: told(error) }),
    );
    expect(shown.rows).toContain(asked.said);
    if (asked.request?.startsAt !== undefined) expect(shown.rows).toMatch(/^Starts /);
    if (asked.request?.askedBy) expect(phrased(shown.title)).toMatch(/^Sam, requested by Ada: /);
  });

  it('never differs from what asking gives', async () => {
    const frozen: Refusal = { name: 'frozen', machines: { names: [], tags: {} }, reason: 'Freeze' };
    const policies: readonly Policy[] = [
      POLICY,
      { ...POLICY, longestMs: HOUR / 2 },
      { ...POLICY, stages: [oneStage(['person:ada'], 1)] },
      { ...POLICY, stages: [oneStage(['manager'], 1), oneStage(['manager', 'person:grace'], 1)] },
      { ...POLICY, because: { leastLetters: 20 } },
      { ...POLICY, machines: { names: [], tags: {}, os: 'windows' } },
    ];
    for (const policy of policies)
      for (const refusals of [[], [frozen]])
        for (const source of ['203.0.113.7/32', '203.0.0.0/16']) {
          const { deps, house } = world({ policies: [policy], people: [ADA, GRACE] });
          const rules = { ...deps, rules: { ...deps.rules, policies: house.policies ?? [policy], refusals } };
          const [first = ''] = await lines(rules, { source });
          const asked = submit(rules, ADA, { ...ASKED, source, justification: 'deploy' }, SENDER);
          const said = await asked.then(
            () => 'Would it pass? It could be requested now.',
            ({ say, hint }: { say: string; hint: string }) => `${say} ${hint}`,
          );
          expect(first).toContain(said);
        }
  });
});
