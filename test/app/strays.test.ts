import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import { strayId } from '../../src/core/request/stray.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import { approved } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, POLICY, placement, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const UNTIL = Date.UTC(2026, 10, 23, 13);
const NOTHING = expect.stringMatching(/^You have no open or pending requests/);
const AS = { ada: SENDER, grace: { ...SENDER, user: 'U2' }, lin: { ...SENDER, user: 'U3' } } as const;
const LIN = { id: 'lin', name: 'Lin', slack: 'U3', groups: [] };

/** A house whose Redis was wiped while these rules were open. */
async function wiped(...sources: readonly string[]) {
  const policies = [{ ...POLICY, stages: [oneStage(['person:grace'], 1)] }];
  const made = world({ people: [ADA, GRACE, LIN], policies });
  const found = sources.map((source): Found => ({ placement: placement(source), mark: 'valid', until: UNTIL }));
  made.cloud.patrolled = found;
  for (const one of found) made.cloud.rules.set(placementKey(one.placement), one);
  await patrol(made.deps, never);
  made.cloud.calls.length = 0;
  const box = inbox(made.deps);
  const says = async (who: keyof typeof AS, text: string) => (await box.command(AS[who], text)).lines.map(plain);
  const ids = sources.map((source) => strayId({ placement: placement(source), until: UNTIL }));
  return { ...made, says, ids };
}

describe('after the records were lost', () => {
  it('the list names the rules that bear the mark, and does not say that nothing is open', async () => {
    const { says, ids, cloud } = await wiped('203.0.113.7/32', '10.8.0.0/16');
    expect(await says('ada', 'list')).toEqual([
      '2 rules that bear Drawbridge’s mark are open without a record: Drawbridge lost it. Approvers can close one now with `/jit revoke <id>`; it cannot be extended.',
      `\`${ids[0]}\`  api-1  22 from 203.0.113.7 — open until 13:00 UTC by its mark`,
      `\`${ids[1]}\`  api-1  22 from 10.8.0.0/16 — open until 13:00 UTC by its mark`,
    ]);
    expect(cloud.calls).toEqual([]);
  });

  it('they go from the list with their end', async () => {
    const { says, clock, deps } = await wiped('203.0.113.7/32');
    clock.advance(14 * 60_000);
    expect(await says('ada', 'list')).toHaveLength(2);
    const found = await deps.store.strays();
    clock.advance(46 * 60_000);
    if (found) await deps.store.keepStrays(found);
    expect(await says('ada', 'list')).toEqual([NOTHING]);
  });

  it('nobody sees those of machines that they have no say in', async () => {
    const { says } = await wiped('203.0.113.7/32');
    expect(await says('lin', 'list')).toEqual([NOTHING]);
  });

  it('an approver closes one, and it is in the audit; nobody else may', async () => {
    const { says, ids, cloud, audit } = await wiped('203.0.113.7/32');
    expect(await says('ada', `revoke ${ids[0]}`)).toEqual([expect.stringContaining('whoever decides on this machine')]);
    expect(cloud.calls).toEqual([]);
    expect(await says('grace', `revoke ${ids[0]} because lost`)).toEqual(['Closed: api-1, 22 from 203.0.113.7.']);
    expect(cloud.calls).toEqual(['close 1']);
    expect(cloud.rules.size).toBe(0);
    expect(entriesOf(audit).filter(({ event }) => event === 'close found')).toMatchObject([
      { outcome: 'begun', by: 'grace', machine: MACHINE.id },
      { outcome: 'done', by: 'grace', people: { grace: { words: 'lost' } } },
    ]);
    expect(await says('grace', 'list')).toEqual([NOTHING]);
  });

  it('a protector closes one as well', async () => {
    const { deps, ids, cloud } = await wiped('203.0.113.7/32');
    const rules = { ...deps.rules, protectors: ['person:lin'] as const };
    await inbox({ ...deps, rules }).command(AS.lin, `revoke ${ids[0]}`);
    expect(cloud.rules.size).toBe(0);
  });

  it('they are never extended, approved, or taken for a request', async () => {
    const { says, ids, cloud } = await wiped('203.0.113.7/32');
    for (const text of ['extend', 'approve', 'deny', 'withdraw'])
      expect(await says('grace', `${text} ${ids[0]}${text === 'extend' ? '' : ' because x'}`)).toEqual([
        `There is no request “${ids[0]}”. \`/jit list\` shows your requests.`,
      ]);
    expect(cloud.calls).toEqual([]);
  });
});

describe('the list says what nobody can tell', () => {
  it('where no patrol has been through lately', async () => {
    const made = world();
    const { lines } = await inbox(made.deps).command(SENDER, 'list');
    expect(lines.map(plain)).toEqual([
      NOTHING,
      'Drawbridge has not finished a look at the clouds lately: a rule that it has no record of may be open there.',
    ]);
    await patrol(made.deps, never);
    expect((await inbox(made.deps).command(SENDER, 'list')).lines.map(plain)).toEqual([NOTHING]);
  });

  it('where a cloud could not be read to its end', async () => {
    const made = world();
    made.cloud.patrol = async function* () {
      yield { placement: placement(), mark: 'valid', until: UNTIL };
      throw new Error('away');
    };
    await patrol(made.deps, never);
    expect(await made.deps.store.strays()).toMatchObject({ count: 1, isWhole: false });
  });
});

it('a rule that a request is known for is none of them', async () => {
  const { deps, cloud, converge } = await approved();
  await converge();
  cloud.patrolled = [{ placement: placement(), mark: 'valid', until: UNTIL }];
  await patrol(deps, never);
  expect(await deps.store.strays()).toEqual({ rules: [], count: 0, isWhole: true });
});
