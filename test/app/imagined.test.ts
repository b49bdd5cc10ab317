import { describe, expect, it } from 'vitest';
import { imagined, only } from '../../src/app/request/imagined.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import type { Policy, Refusal } from '../../src/core/policy/policy.ts';
import { SSH } from '../core/samples.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;

describe('what is imagined', () => {
  it('never differs from what asking gives', async () => {
    const frozen: Refusal = { name: 'frozen', machines: { names: [], tags: {} }, reason: 'Freeze' };
    const policies: readonly Policy[] = [
      POLICY,
      { ...POLICY, longestMs: HOUR / 2 },
      { ...POLICY, stages: [oneStage(['person:ada'], 1)] },
      { ...POLICY, stages: [oneStage(['manager'], 1), oneStage(['manager', 'person:grace'], 1)] },
      { ...POLICY, stages: [oneStage(['onCall:db'], 1)] },
      { ...POLICY, because: { leastLetters: 20 } },
      { ...POLICY, machines: { names: [], tags: {}, os: 'windows' } },
      { ...POLICY, auto: { upToMs: HOUR } },
    ];
    for (const policy of policies)
      for (const refusals of [[], [frozen]])
        for (const source of ['203.0.113.7/32', '203.0.0.0/16']) {
          const { deps, house } = world({ policies: [policy], people: [ADA, GRACE] });
          const rules = { ...deps.rules, policies: house.policies ?? [policy], refusals };
          const ask = { machine: 'api-1', ports: [SSH], forMs: HOUR, source, justification: 'deploy' };
          const asked = await submit({ ...deps, rules }, ADA, ask, SENDER).then(
            ({ policies: names }) => ({ policies: names, refused: [] }),
            (error) => ({ refused: [error, ...error.others].map(({ code }: { code: string }) => code) }),
          );
          const [machine] =
            (await [...deps.clouds.values()][0]?.machines(new AbortController().signal))?.all.filter(
              ({ name }) => name === 'api-1',
            ) ?? [];
          if (!machine) throw new Error('no machine');
          const now = (await deps.store.now()).at;
          const given = { rules, directory: only([ADA, GRACE]), machine, now, log: deps.log };
          const what = {
            requester: ADA,
            machine: machine.id,
            machineName: machine.name,
            ports: [SSH],
            source,
            forMs: HOUR,
          };
          const outcome = await imagined(
            given,
            { ...what, because: 'deploy', approvedBy: [] },
            new AbortController().signal,
          );
          if ('policies' in asked) expect({ policies: outcome.policies, refused: outcome.refused }).toEqual(asked);
          else expect(outcome.refused).toEqual([...new Set(asked.refused)]);
        }
  });
});
