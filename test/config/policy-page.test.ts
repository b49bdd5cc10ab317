import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { houseRules, peopleOf } from '../../src/config/house.ts';
import { readConfig } from '../../src/config/load.ts';
import { judge } from '../../src/core/policy/judge.ts';
import { stepUpOf } from '../../src/core/policy/step-up.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import { SSH, T0, WEB } from '../core/samples.ts';
import { configOf, faultsOf } from './files.ts';

const PAGE = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/## (.*)\n[^#]*?```yaml\n([\s\S]*?)```/g)].map(([, title = '', yaml = '']) => ({
  title,
  yaml,
}));
/** Parts of a configuration; the others are files of their own. */
const WHOLE = ['A whole file', 'Testing policies', 'Changed by two people'];
const EXAMPLES = BLOCKS.filter(({ title }) => !WHOLE.includes(title));

/** What the examples take for granted. */
const HOUSE = `installation: test
slack: { botToken: env:A, signingSecret: env:B, teamId: T1, appId: A1 }
azure: { tenantId: 7f3c1f0e-52a1-4d34-9d0b-6f3a9a1b2c3d, clientId: 5d0e1f2a-3b4c-4d5e-8f60-718293a4b5c6, clientSecret: env:C, subscriptions: [{ id: 11112222-3333-4444-5555-666677778888 }], units: true }
aws: { accounts: [{ id: "123456789012", regions: [eu-west-1] }], units: {} }
people:
  - { id: ada, name: Ada, manager: grace }
  - { id: grace, name: Grace, manager: root }
  - { id: root, name: Root }
  - { id: sam, name: Sam }
  - { id: kim, name: Kim }
groups: { engineers: [ada], security: [sam, kim] }
`;
const ruled = (title: string) => {
  const config = configOf(HOUSE + (EXAMPLES.find((one) => one.title === title)?.yaml ?? ''));
  const [ada] = peopleOf(config);
  if (!ada) throw new Error('no person');
  const rules = houseRules(config);
  const wish = {
    person: ada,
    machine: WEB,
    ports: [SSH],
    source: '10.8.0.7/32',
    forMs: 3_600_000,
    isBastion: false,
    cutsSessions: false,
    now: T0,
  } satisfies Wish;
  return (patch: Partial<Wish> = {}) => judge(rules.policies, { ...wish, ...patch }, rules.refusals);
};

describe('the examples of docs/policy.md', () => {
  it.each(EXAMPLES)('$title: have no faults', ({ yaml }) => {
    expect(faultsOf(HOUSE + yaml)).toEqual([]);
  });

  it('are there', () => {
    expect(EXAMPLES.map(({ title }) => title)).toEqual([
      'People of a directory',
      'The smallest one',
      'Two stages',
      'Reminders',
      'On call',
      'Which policy applies',
      'By organizational unit or management group',
      'Bounds',
      'Closed if nobody connects',
      'Moved to another network',
      'For somebody else',
      'Conditions',
      'More than a press',
      'Break-glass',
    ]);
  });

  it('do what the page says of them', () => {
    expect(ruled('The smallest one')({ machine: { ...WEB, tags: { env: 'dev' } } }).against).toEqual([]);
    expect(ruled('Two stages')().chains[0]?.stages.map(({ seats }) => seats.length)).toEqual([1, 2]);
    const payments = ruled('On call')({ machine: { ...WEB, tags: { app: 'payments' } } });
    expect(payments.chains[0]?.stages).toEqual([{ seats: [['onCall:payments']] }]);
    const below = ruled('By organizational unit or management group');
    const among = (...units: readonly string[]) => below({ machine: { ...WEB, units } }).against;
    expect([among('mg-payments', 'mg-prod'), among('ou-ab12-prod0001', 'r-ab12')]).toEqual([[], []]);
    expect(among('mg-test')).not.toEqual([]);
    expect(below().against[0]).toMatchObject({ kind: 'unjudged' });
    const applies = ruled('Which policy applies');
    expect(applies().against).toEqual([]);
    expect(applies({ now: Date.UTC(2026, 11, 24) }).against[0]).toMatchObject({ code: 'policyRefuses' });
    expect(applies({ now: Date.UTC(2026, 11, 19, 22, 30) }).against[0]).toMatchObject({ code: 'policyRefuses' });
    expect(applies({ machine: { ...WEB, tags: { env: 'prod', tier: '0' } } }).against[0]).toMatchObject({
      code: 'noPolicy',
    });
    const bounds = ruled('Bounds');
    const tool = { machine: { ...WEB, name: 'tool-1' }, now: Date.UTC(2026, 2, 16, 10) };
    expect(bounds(tool).chains[0]?.stages).toEqual([]);
    expect(bounds({ ...tool, source: '198.51.100.7/32' }).chains[0]?.stages).toEqual([{ seats: [['manager']] }]);
    expect(bounds({ ...tool, now: T0 }).chains[0]?.stages).toEqual([{ seats: [['group:security']] }]);
    expect(ruled('Closed if nobody connects')().policies).toMatchObject([
      { endUnusedMs: 1_800_000, longestMs: 14_400_000 },
    ]);
    const onSite = ruled('For somebody else');
    const plant = { machine: { ...WEB, tags: { site: 'plant' } } };
    expect(onSite({ ...plant, isOnBehalf: true }).against).toEqual([]);
    expect(bounds({ ...tool, isOnBehalf: true }).against).toMatchObject([{ code: 'policyOnBehalf' }]);
    expect(bounds({ ...tool, from: tool.now + 15 * 86_400_000 }).against).toMatchObject([{ code: 'policyAhead' }]);
    const data = (tags: Readonly<Record<string, string>>) =>
      ruled('Conditions')({ machine: { ...WEB, tags: { env: 'prod', ...tags } } }).against.map(({ code }) => code);
    expect(data({ dataClass: 'public' })).toEqual([]);
    expect(data({ dataClass: 'secret' })).toEqual(['policyCondition']);
    expect(data({})).toEqual(['conditionUnknown']);
    expect(stepUpOf(ruled('More than a press')().policies)).toBe('numberMatch');
    const glass = houseRules(configOf(HOUSE + (EXAMPLES.find(({ title }) => title === 'Break-glass')?.yaml ?? '')));
    expect(glass.breakGlass).toMatchObject([{ longestMs: 3_600_000, stages: [], review: { withinMs: 86_400_000 } }]);
  });

  it('have owners whom the page names', () => {
    const { yaml = '' } = BLOCKS.find(({ title }) => title === 'Changed by two people') ?? {};
    const own = EXAMPLES.find(({ title }) => title === 'The smallest one')?.yaml ?? '';
    expect(faultsOf(`${HOUSE}${own}${yaml}`)).toEqual([]);
  });

  it('have one that is a whole file, in which nothing may be meant otherwise', () => {
    const read = readConfig(BLOCKS.find(({ title }) => title === 'A whole file')?.yaml ?? '');
    expect(read).toMatchObject({ warnings: [] });
  });
});
