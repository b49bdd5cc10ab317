import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const KIM: Person = { id: 'kim', name: 'Kim', slack: 'U4', groups: ['security'] };
const THREE: Policy = { ...POLICY, stages: [oneStage(['manager', 'group:security'], 3)] };
const SIX: Policy = { ...THREE, stages: [oneStage(['manager', 'group:security'], 2)] };
const CROWD = [0, 1, 2, 3, 4].map(
  (n): Person => ({ id: `p${n}`, name: `P${n}`, slack: `UP${n}`, groups: ['security'] }),
);

/** Ada's request in a house of these policies, and what each of these people reads. */
async function house(policies: readonly Policy[] = [THREE], people: readonly Person[] = [GRACE, SAM, KIM]) {
  const made = world({ people: [ADA, ...people], policies });
  const box = inbox(made.deps);
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  let keys = 0;
  const types = async ({ slack = '' }: Person, text: string) => {
    keys += 1;
    const { lines } = await box.command({ ...SENDER, user: slack, key: `k${keys}` }, text);
    return lines.map(plain).join(' / ');
  };
  const presses = async ({ slack = '' }: Person, verb: 'approve' | 'deny') => {
    const press = { verb, request: id, version: 99, reason: 'x' } as const;
    return (await box.press({ ...SENDER, user: slack, key: 'p' }, press)).lines.map(plain).join(' / ');
  };
  const view = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    const { status, headline, facts } = viewOf(request);
    const fact = (label: string) => plain(facts.find((one) => one.label === label)?.value ?? []);
    return { status: plain(status), headline: plain(headline), fact };
  };
  const run = () => converge(made.deps, MACHINE.id, new AbortController().signal);
  return { ...made, id, types, presses, view, run };
}

describe('three approvals', () => {
  it('are counted for everybody, and each approver is told who is still needed', async () => {
    const { types, presses, view, id, run } = await house();
    expect((await view()).status).toMatch(/^Waiting for a decision until .* UTC; 0 of 3 approved$/);
    expect((await view()).fact('Still needed')).toBe('Grace, Sam and Kim');

    expect(await types(GRACE, `approve ${id}`)).toBe(
      `Your approval of \`${id}\` for api-1 is recorded (1 of 3 approved). Still needed: Sam and Kim.`,
    );
    expect((await view()).status).toContain('; 1 of 3 approved');
    expect((await view()).headline).toBe(
      'Ada: access to api-1 was approved by Grace; 1 of 3 approved. Still needed: Sam and Kim.',
    );

    expect(await presses(KIM, 'approve')).toBe(
      `Your approval of \`${id}\` for api-1 is recorded (2 of 3 approved). Still needed: Sam.`,
    );
    expect(await types(SAM, `approve ${id}`)).toBe(
      `Request \`${id}\` for api-1 approved by Grace, Kim and Sam; opening now.`,
    );
    expect((await view()).status).toBe('Approved by Grace, Kim and Sam; opening now');
    await run();
    expect((await view()).headline).toMatch(/approved by Grace, Kim and Sam\. If you cannot get in/);
    expect((await view()).fact('Approved by')).toBe('Grace, Kim and Sam');
  });

  it('name all who gave them to whoever comes too late', async () => {
    const { types, id } = await house([{ ...THREE, stages: [oneStage(['manager', 'group:security'], 2)] }]);
    await types(GRACE, `approve ${id}`);
    await types(SAM, `approve ${id}`);
    expect(await types(KIM, `approve ${id}`)).toMatch(/^Already approved at .* UTC by Grace and Sam\./);
  });

  it('of an extension are counted the same way', async () => {
    const { types, view, id, run, deps } = await house();
    for (const person of [GRACE, SAM, KIM]) await types(person, `approve ${id}`);
    await run();
    await extend(deps, ADA, id);
    expect((await view()).status).toContain('; more time was asked for; 0 of 3 approved');
    expect(await types(SAM, `approve ${id}`)).toBe(
      `Your approval of \`${id}\` for api-1 is recorded (1 of 3 approved). Still needed: Grace and Kim.`,
    );
    await types(GRACE, `approve ${id}`);
    expect(await types(KIM, `approve ${id}`)).toMatch(/^More time on api-1 approved; it stays open until /);
  });

  it('do not count somebody who may not decide it any more, and say so by the count', async () => {
    const { types, id, house: rules } = await house();
    await types(SAM, `approve ${id}`);
    rules.people = [ADA, GRACE, { ...SAM, groups: [] }, KIM, ...CROWD];
    expect(await types(GRACE, `approve ${id}`)).toContain('(1 of 3 approved)');
  });

  it('of more people than can be named are asked for in the policy’s words', async () => {
    const { view } = await house([SIX], [GRACE, ...CROWD]);
    expect((await view()).fact('Still needed')).toBe('any 2 of the manager, group security');
  });

  it('are told to whoever asks', async () => {
    const { types } = await house();
    expect(await types(ADA, 'request api-1 ssh because again')).toMatch(
      /Waiting for approval by Grace, Sam and Kim\.$/,
    );
  });
});

describe('two policies for two ports', () => {
  const ssh: Policy = { ...POLICY, name: 'ssh' };
  const rdp: Policy = {
    ...THREE,
    name: 'rdp',
    ports: [{ number: 3389, protocol: 'tcp' }],
    stages: [oneStage(['group:security'], 2)],
  };

  it('are counted each', async () => {
    const { types, deps } = await house([ssh, rdp]);
    const ports = [...ssh.ports, ...rdp.ports];
    const { id } = await submit(deps, ADA, { ...ASK, ports }, { ...SENDER, key: 'two' });
    expect(await types(SAM, `approve ${id}`)).toBe(
      `Your approval of \`${id}\` for api-1 is recorded (approved: 0 of 1 for policy ssh, 1 of 2 for policy rdp). Still needed: 1 of the manager (policy ssh) and 1 of group security (policy rdp).`,
    );
    expect(await types(GRACE, `approve ${id}`)).toContain('Still needed: 1 of group security (policy rdp).');
    expect(await types(KIM, `approve ${id}`)).toContain('approved by Sam, Grace and Kim; opening now.');
  });
});

describe('the answer to a decision', () => {
  it('keeps names as they are written', async () => {
    const { types, id } = await house([POLICY]);
    expect(await types(ADA, 'withdraw')).toBe(`Request \`${id}\` for api-1: withdrawn by Ada.`);
    expect(await types(GRACE, `approve ${id}`)).toBe(
      'This request is over: withdrawn by Ada. If access is still needed, it has to be requested again.',
    );
  });

  it('is about the end, once access is over, and not about who approved it', async () => {
    const { types, id, run, clock } = await house([POLICY]);
    await types(GRACE, `approve ${id}`);
    await run();
    clock.advance(5 * 3_600_000);
    await run();
    expect(await types(GRACE, `revoke ${id}`)).toMatch(
      /^This request is over: time is up; closed, proven \(.* UTC\)\./,
    );
  });

  it('says that nothing is left to ask for', async () => {
    const { types } = await house([POLICY]);
    await types(ADA, 'withdraw');
    expect(await types(ADA, 'list')).toBe(
      'You have no open or pending requests. To request access: `/jit request <machine> because <reason>`. / Drawbridge has not finished a look at the clouds lately: a rule that it has no record of may be open there.',
    );
  });
});
