import { describe, expect, it } from 'vitest';
import { replay } from '../../src/app/request/replay.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { HouseRules, Policy } from '../../src/core/policy/policy.ts';
import { replayPage } from '../../src/core/view/replay-page.ts';
import { SSH } from '../core/samples.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;
const AUTO: Policy = { ...POLICY, auto: { upToMs: HOUR } };

async function asked(hours: readonly number[]) {
  const made = world({ people: [ADA, GRACE] });
  for (const [i, forHours] of hours.entries()) {
    const ask = {
      machine: 'api-1',
      ports: [SSH],
      forMs: forHours * HOUR,
      source: `203.0.113.${i + 7}/32`,
      justification: 'deploy',
    };
    await submit(made.deps, ADA, ask, { ...SENDER, key: `k${i}` });
    made.clock.advance(HOUR);
  }
  return made;
}

const linesOf = (report: ReturnType<typeof replayPage>) =>
  report.sections.flatMap(({ heading, rows }) => [
    ...(heading === '' ? [] : [`${heading}:`]),
    ...rows.map(({ line }) => plain(line)),
  ]);

describe('replaying what was asked', () => {
  it('says what other policies would have decided, and what cannot be told', async () => {
    const { deps, clock } = await asked([1, 2, 4]);
    const since = clock.now() - 24 * HOUR;
    const by = (policies: readonly Policy[]) => {
      const rules: HouseRules = { ...deps.rules, policies };
      return replay(
        deps,
        { now: deps, wouldBe: { rules, directory: deps.directory } },
        since,
        new AbortController().signal,
      );
    };
    const same = await by([POLICY]);
    expect(same).toMatchObject({ same: 3, refused: [], allowed: [], otherwise: [] });
    const stricter = await by([
      { ...AUTO, longestMs: 3 * HOUR, stages: [oneStage(['manager'], 1), oneStage(['person:grace', 'person:sam'], 1)] },
    ]);
    expect(stricter.refused.map(({ wouldBe }) => wouldBe.refused)).toEqual([
      ['noApprover'],
      ['policyDuration', 'noApprover'],
    ]);
    const auto = await by([AUTO]);
    expect(linesOf(replayPage(auto))).toEqual([
      expect.stringMatching(/^Requests since /),
      '2 the same',
      '1 decided otherwise',
      'Would be decided otherwise:',
      expect.stringMatching(/^\w{7} \([^)]+\): Ada, 22 of api-1 from 203\.0\.113\.7 for 1 h$/),
      '- now: policy production: manager',
      '+ would be: policy production: without a decision',
      'Not told:',
      expect.stringMatching(/^What was refused when it was asked leaves no record/),
    ]);
    expect((await by([])).refused).toHaveLength(3);
    expect(linesOf(replayPage(await by([]), 1))).toContain('and 2 more');
  });

  it('goes by when it was asked, and by what was asked since', async () => {
    const { deps, clock } = await asked([1, 1]);
    const from = clock.now() - 1.5 * HOUR;
    const frozen: Policy = { ...POLICY, during: { from, zone: 'UTC' } };
    const wouldBe = { rules: { ...deps.rules, policies: [frozen] }, directory: deps.directory };
    const since = (ms: number) => replay(deps, { now: deps, wouldBe }, clock.now() - ms, new AbortController().signal);
    expect(await since(24 * HOUR)).toMatchObject({ same: 1, refused: [{ wouldBe: { refused: ['noPolicy'] } }] });
    expect(await since(1.5 * HOUR)).toMatchObject({ same: 1, refused: [] });
  });

  it('does not tell of people and machines that are gone', async () => {
    const { deps, clock, house } = await asked([1, 2]);
    const versions = { now: deps, wouldBe: deps };
    const since = clock.now() - 24 * HOUR;
    const none = {
      ...deps,
      clouds: new Map(
        [...deps.clouds].map(([name, cloud]) => [
          name,
          Object.assign(Object.create(cloud), { machines: async () => ({ all: [], unread: [] }) }),
        ]),
      ),
    };
    expect((await replay(none, versions, since, new AbortController().signal)).untold).toEqual({
      people: 0,
      machines: 2,
      records: 0,
    });
    house.people = [GRACE];
    expect((await replay(deps, versions, since, new AbortController().signal)).untold).toEqual({
      people: 2,
      machines: 0,
      records: 0,
    });
  });
});
