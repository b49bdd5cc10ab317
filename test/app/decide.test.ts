import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { withdraw } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import type { Ask } from '../../src/core/language/command.ts';
import type { ProtectedPort } from '../../src/core/machine/protection.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { extensionOf } from '../../src/core/request/request.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: ['security'] };
const [SSH, RDP] = [22, 3389].map((number): Port => ({ number, protocol: 'tcp' })) as [Port, Port];
const TWO: Policy = { ...POLICY, stages: [oneStage(['manager', 'group:security'], 2)] };

/** A request that waits, in a house of these people and policies. */
async function waiting(policies: readonly Policy[], ask: Ask = ASK) {
  const made = world({ people: [ADA, GRACE, SAM, KIM], policies });
  const { id } = await submit(made.deps, ADA, ask, SENDER);
  const load = async () => (await made.deps.store.load(id)).request;
  const approve = (person: Person, version?: number) =>
    decide(made.deps, person, { request: id, verdict: 'approve', ...(version === undefined ? {} : { version }) });
  const run = () => converge(made.deps, MACHINE.id, never);
  return { ...made, id, load, approve, run };
}

describe('approvals of several people', () => {
  it('count one person once', async () => {
    const { approve, load } = await waiting([TWO]);
    await approve(GRACE);
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'approvedAlready' });
    expect(await load()).toMatchObject({ status: 'pending', reviews: [{ by: { id: 'grace' } }] });
    await approve(SAM);
    expect(await load()).toMatchObject({
      status: 'activating',
      reviews: [{ by: { id: 'grace' } }, { by: { id: 'sam' } }],
    });
  });

  it('count nobody who may not decide it any more when the last one comes', async () => {
    const { approve, load, house } = await waiting([TWO]);
    await approve(SAM);
    house.people = [ADA, GRACE, { ...SAM, groups: [] }, KIM];
    await approve(GRACE);
    expect(await load()).toMatchObject({ status: 'pending' });
    await approve(KIM);
    expect(await load()).toMatchObject({ status: 'activating' });
  });

  it('are none of somebody who left while they pressed', async () => {
    const { approve, load, house } = await waiting([POLICY]);
    house.people = [ADA, SAM];
    await expect(approve({ ...SAM, id: 'grace', name: 'Grace' })).rejects.toMatchObject({ code: 'noApprover' });
    expect(await load()).toMatchObject({ status: 'pending', reviews: [] });
    const either = await waiting([{ ...POLICY, stages: [oneStage(['manager', 'group:security'], 1)] }]);
    either.house.people = [ADA, SAM];
    await expect(either.approve(GRACE)).rejects.toMatchObject({ code: 'approvalVoid' });
    expect(await either.load()).toMatchObject({ status: 'pending', reviews: [] });
  });

  it('are not asked for where too few people could give them', async () => {
    const { deps } = world({ policies: [{ ...POLICY, stages: [oneStage(['manager'], 2)] }] });
    await expect(submit(deps, ADA, ASK, SENDER)).rejects.toMatchObject({
      code: 'noApprover',
      say: 'Too few people can approve this request: policy production needs 2 and has 1 besides the requester.',
    });
  });

  it('of an extension are all kept', async () => {
    const { approve, load, run, deps, id } = await waiting([TWO]);
    await approve(GRACE);
    await approve(SAM);
    await run();
    await extend(deps, ADA, id);
    await approve(SAM);
    await approve(KIM);
    expect((await load())?.reviews.map(({ by }) => by.id)).toEqual(['grace', 'sam', 'sam', 'kim']);
  });
});

describe('a request of several ports', () => {
  const ssh: Policy = { ...POLICY, name: 'ssh', ports: [SSH], unansweredMs: 3_600_000, tell: [] };
  const rdp: Policy = {
    ...POLICY,
    name: 'rdp',
    ports: [RDP],
    stages: [oneStage(['group:security'], 1)],
    longestMs: 7_200_000,
  };
  const both = { ...ASK, ports: [SSH, RDP] };

  it('needs what the policies of all of them need, each by its own approvers', async () => {
    const { approve, load } = await waiting([ssh, rdp], both);
    const first = await load();
    expect(first).toMatchObject({ policies: ['ssh', 'rdp'], asked: [{ id: 'grace' }, { id: 'sam' }, { id: 'kim' }] });
    expect(first).toMatchObject({ answerBy: (first?.askedAt ?? 0) + 3_600_000 });
    await approve(SAM);
    await expect(approve(KIM)).rejects.toMatchObject({
      code: 'notYourStage',
      say: 'Your approval does not count now: this waits for the manager.',
    });
    expect(await load()).toMatchObject({ status: 'pending', reviews: [{ by: { id: 'sam' } }] });
    await approve(GRACE);
    expect(await load()).toMatchObject({ status: 'activating' });
  });

  it('is not opened by one person who may decide under all of them: one human counts once', async () => {
    const { approve, load, house } = await waiting([ssh, rdp], both);
    house.people = [ADA, { ...GRACE, groups: ['security'] }, SAM];
    await approve(GRACE);
    expect(await load()).toMatchObject({ status: 'pending' });
    await approve(SAM);
    expect(await load()).toMatchObject({ status: 'activating' });
  });

  it('takes the shortest time of theirs, and says every reason against it', async () => {
    const { deps } = world({ people: [ADA, GRACE, SAM, KIM], policies: [ssh, rdp] });
    const asked = submit(deps, ADA, { ...both, forMs: 3 * 3_600_000, source: '203.0.112.0/20' }, SENDER);
    await expect(asked).rejects.toMatchObject({
      code: 'policyDuration',
      say: 'Policy rdp allows at most 2 h; 3 h was requested.',
      others: [{ code: 'policySource' }],
    });
  });
});

describe('who decides is judged again', () => {
  it('under the policy that covers the machine now', async () => {
    const { approve, load, house, cloud } = await waiting([POLICY]);
    const strict: Policy = {
      ...POLICY,
      name: 'strict',
      machines: { names: [], tags: { tier: '0' } },
      stages: [oneStage(['group:security'], 1)],
    };
    house.policies = [strict, POLICY];
    const { look } = cloud;
    cloud.look = async (...args) => ({ ...(await look(...args)), machine: { ...MACHINE, tags: { tier: '0' } } });
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'notApprover' });
    await approve(SAM);
    expect(await load()).toMatchObject({ status: 'activating', policies: ['strict'] });
  });

  it('and whoever asked must still be there, except for a “no”', async () => {
    const { approve, load, house, deps, id } = await waiting([
      { ...POLICY, stages: [oneStage(['group:security'], 1)] },
    ]);
    house.people = [SAM];
    await expect(approve(SAM)).rejects.toMatchObject({ code: 'personGone' });
    await decide(deps, SAM, { request: id, verdict: 'deny', reason: 'left' });
    expect(await load()).toMatchObject({ status: 'denied' });
  });

  it('and the machine must be the one that was asked for', async () => {
    const { approve, load, cloud } = await waiting([POLICY]);
    const { look } = cloud;
    cloud.look = async (...args) => ({ ...(await look(...args)), identity: 'i-2' });
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'changedSinceSeen' });
    expect(await load()).toMatchObject({ status: 'pending', identity: 'i-2', reviews: [] });
  });
});

describe('what is decided is what was shown and judged', () => {
  it('an old button decides no newer extension', async () => {
    const { deps, id, load, converge: run } = await approved();
    await run();
    const shown = (await load())?.version ?? 0;
    await extend(deps, ADA, id);
    const old = decide(deps, GRACE, { request: id, verdict: 'approve', version: shown });
    await expect(old).rejects.toMatchObject({ code: 'alreadyDecided' });
    expect(extensionOf((await load()) ?? raise())).toBeDefined();
    await decide(deps, GRACE, { request: id, verdict: 'approve', version: shown + 1 });
    expect(extensionOf((await load()) ?? raise())).toBeUndefined();
  });

  it('an approval that waits on a slow cloud lands on no extension that nobody showed', async () => {
    const { approve, load, cloud, deps, id, run } = await waiting([
      { ...POLICY, stages: [oneStage(['manager', 'group:security'], 1)] },
    ]);
    const { locate } = cloud;
    const slow = Promise.withResolvers<void>();
    cloud.locate = async (...args) => {
      cloud.locate = locate;
      await slow.promise;
      return locate(...args);
    };
    const late = approve(GRACE);
    await approve(SAM);
    await run();
    await extend(deps, ADA, id);
    slow.resolve();
    await expect(late).rejects.toMatchObject({ code: 'changedWhileJudging' });
    expect(extensionOf((await load()) ?? raise())?.reviews).toEqual([]);
  });

  it('an approval that meets another is judged again, and counts', async () => {
    const { approve, load, cloud } = await waiting([TWO]);
    const { locate } = cloud;
    const slow = Promise.withResolvers<void>();
    cloud.locate = async (...args) => {
      cloud.locate = locate;
      await slow.promise;
      return locate(...args);
    };
    const late = approve(GRACE);
    await approve(SAM);
    slow.resolve();
    await late;
    expect(await load()).toMatchObject({
      status: 'activating',
      reviews: [{ by: { id: 'sam' } }, { by: { id: 'grace' } }],
    });
  });

  it('an approval of what was withdrawn meanwhile decides nothing', async () => {
    const { approve, load, cloud, deps, id } = await waiting([POLICY]);
    const { locate } = cloud;
    cloud.locate = async (...args) => {
      await withdraw(deps, ADA, id);
      return locate(...args);
    };
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'alreadyOver' });
    expect(await load()).toMatchObject({ status: 'withdrawn' });
  });
});

describe('more time', () => {
  const SELF: Policy = { ...POLICY, extendSelfUpToMs: 1_800_000 };
  const open = async (policy: Policy) => {
    const made = await waiting([policy]);
    await made.approve(GRACE);
    await made.run();
    const more = (forMs?: number) => extend(made.deps, ADA, made.id, forMs);
    return { ...made, more };
  };

  it('is given without a decision up to what the policy says in all, and asked for beyond', async () => {
    const { more } = await open(SELF);
    expect(await more(1_200_000)).toMatchObject({ status: 'active' });
    const asked = await more(1_200_000);
    expect(extensionOf(asked)).toMatchObject({ forMs: 1_200_000 });
  });

  it('is asked for where one of its policies does not let people extend by themselves', async () => {
    const both = { ...ASK, ports: [SSH, RDP] };
    const { approve, run, deps, id } = await waiting([SELF, { ...POLICY, name: 'rdp', ports: [RDP] }], both);
    await approve(GRACE);
    await run();
    expect(extensionOf(await extend(deps, ADA, id, 600_000))).toBeDefined();
  });

  it.each([
    ['counts from the first opening for the protection', 2_700_000, 1_200_000, 'protectedDuration', '15 min'],
    ['counts from the first opening for the policy', 86_400_000, 4 * 3_600_000, 'policyExtension', '2 h 30 min'],
  ])('%s', async (_, longestMs, forMs, code, left) => {
    const { more, cloud } = await open({ ...SELF, extendSelfUpToMs: 86_400_000 });
    const ports: readonly ProtectedPort[] = [{ port: SSH, sources: [], longestMs: 3_600_000 + longestMs }];
    cloud.look = async () => ({ machine: MACHINE, identity: 'i-1', protection: { ports }, standing: [] });
    await more(1_800_000);
    await expect(more(forMs)).rejects.toMatchObject({ code, choices: [left] });
  });

  it('is, when nobody says how much, what is left by policy and protection', async () => {
    const { more, cloud } = await open(POLICY);
    const ports: readonly ProtectedPort[] = [{ port: SSH, sources: [], longestMs: 3_600_000 + 900_000 }];
    cloud.look = async () => ({ machine: MACHINE, identity: 'i-1', protection: { ports }, standing: [] });
    expect(extensionOf(await more())).toMatchObject({ forMs: 900_000 });
  });

  it('is refused when it is approved, where it would be too much by then', async () => {
    const { more, cloud, approve } = await open(POLICY);
    await more();
    const ports: readonly ProtectedPort[] = [{ port: SSH, sources: [], longestMs: 5_400_000 }];
    cloud.look = async () => ({ machine: MACHINE, identity: 'i-1', protection: { ports }, standing: [] });
    await expect(approve(GRACE)).rejects.toMatchObject({ code: 'protectedDuration' });
  });
});

function raise(): never {
  throw new Error('no request');
}
