import { describe, expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { revoke, withdraw } from '../../src/app/request/end.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import type { Person } from '../../src/core/people/person.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

/** Decides under the policy, beside the manager; and somebody with nothing to do with any of it. */
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const EVE: Person = { id: 'eve', name: 'Eve', slack: 'U4', groups: ['eng'] };
const HOUSE = {
  people: [ADA, GRACE, SAM, EVE],
  policies: [{ ...POLICY, stages: [oneStage(['manager', 'group:security'], 1)] }],
};
const PEOPLE = { ada: ADA, grace: GRACE, sam: SAM, eve: EVE } as const;

type State = 'pending' | 'approved' | 'extending' | 'more denied' | 'revoked' | 'denied';

/** A request of Ada's in some state; approved by Grace where it is. */
async function inState(state: State) {
  if (state === 'pending' || state === 'denied') {
    const made = world(HOUSE);
    const { id } = await submit(made.deps, ADA, ASK, SENDER);
    if (state === 'denied') await decide(made.deps, GRACE, { request: id, verdict: 'deny', reason: 'no' });
    return { ...made, id, load: async () => (await made.deps.store.load(id)).request };
  }
  const made = await approved(HOUSE);
  if (state === 'revoked') await revoke(made.deps, GRACE, made.id);
  else await made.converge();
  if (state === 'extending' || state === 'more denied') await extend(made.deps, ADA, made.id);
  if (state === 'more denied') await decide(made.deps, SAM, { request: made.id, verdict: 'deny', reason: 'no' });
  return made;
}

type Made = Awaited<ReturnType<typeof inState>>;
const ACTS: Readonly<Record<string, (made: Made, person: Person) => Promise<unknown>>> = {
  withdraw: ({ deps, id }, person) => withdraw(deps, person, id),
  revoke: ({ deps, id }, person) => revoke(deps, person, id),
  extend: ({ deps, id }, person) => extend(deps, person, id),
  approve: ({ deps, id }, person) => decide(deps, person, { request: id, verdict: 'approve' }),
  deny: ({ deps, id }, person) => decide(deps, person, { request: id, verdict: 'deny', reason: 'no' }),
  'deny without a reason': ({ deps, id }, person) => decide(deps, person, { request: id, verdict: 'deny' }),
};

/** What comes of it: the status after, or the code of the refusal, after which nothing has changed. */
const TABLE: readonly (readonly [State, string, Readonly<Record<keyof typeof PEOPLE, string>>])[] = [
  ['pending', 'withdraw', { ada: 'withdrawn', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['pending', 'revoke', { ada: 'notOpen', grace: 'notOpen', sam: 'notOpen', eve: 'notCloser' }],
  ['pending', 'extend', { ada: 'notOpen', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['pending', 'approve', { ada: 'ownRequest', grace: 'activating', sam: 'activating', eve: 'notApprover' }],
  ['pending', 'deny', { ada: 'ownRequest', grace: 'denied', sam: 'denied', eve: 'notApprover' }],
  [
    'pending',
    'deny without a reason',
    { ada: 'ownRequest', grace: 'missingDenyReason', sam: 'missingDenyReason', eve: 'notApprover' },
  ],
  ['approved', 'withdraw', { ada: 'alreadyApproved', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['approved', 'revoke', { ada: 'closing', grace: 'closing', sam: 'closing', eve: 'notCloser' }],
  ['approved', 'extend', { ada: 'active', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  [
    'approved',
    'approve',
    { ada: 'alreadyDecided', grace: 'alreadyDecided', sam: 'alreadyDecided', eve: 'alreadyDecided' },
  ],
  [
    'approved',
    'deny',
    { ada: 'alreadyApproved', grace: 'alreadyApproved', sam: 'alreadyApproved', eve: 'alreadyApproved' },
  ],
  ['extending', 'extend', { ada: 'extensionPending', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['extending', 'approve', { ada: 'ownRequest', grace: 'active', sam: 'active', eve: 'notApprover' }],
  ['extending', 'deny', { ada: 'ownRequest', grace: 'active', sam: 'active', eve: 'notApprover' }],
  ['extending', 'revoke', { ada: 'closing', grace: 'closing', sam: 'closing', eve: 'notCloser' }],
  [
    'more denied',
    'approve',
    { ada: 'moreTimeDenied', grace: 'moreTimeDenied', sam: 'moreTimeDenied', eve: 'moreTimeDenied' },
  ],
  [
    'more denied',
    'deny',
    { ada: 'moreTimeDenied', grace: 'moreTimeDenied', sam: 'moreTimeDenied', eve: 'moreTimeDenied' },
  ],
  ['more denied', 'revoke', { ada: 'closing', grace: 'closing', sam: 'closing', eve: 'notCloser' }],
  ['revoked', 'revoke', { ada: 'closing', grace: 'closing', sam: 'closing', eve: 'notCloser' }],
  ['revoked', 'extend', { ada: 'alreadyOver', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['denied', 'withdraw', { ada: 'alreadyDecided', grace: 'notYours', sam: 'notYours', eve: 'notYours' }],
  ['denied', 'revoke', { ada: 'alreadyDecided', grace: 'alreadyDecided', sam: 'alreadyDecided', eve: 'notCloser' }],
];

const ROWS = TABLE.flatMap(([state, act, by]) =>
  Object.entries(by).map(([who, outcome]) => ({ state, act, who: who as keyof typeof PEOPLE, outcome })),
);

describe('a request of Ada’s, approved by Grace', () => {
  it.each(ROWS)('$state: $who may $act? $outcome', async ({ state, act, who, outcome }) => {
    const made = await inState(state);
    const before = await made.load();
    const done = await ACTS[act]?.(made, PEOPLE[who]).then(
      () => undefined,
      (error: { readonly code?: string }) => error.code ?? error,
    );
    const after = await made.load();
    expect(done ?? after?.status).toBe(outcome);
    if (done !== undefined) expect(after).toEqual(before);
  });

  it.each([
    ['revoke', 'unknownRequest'],
    ['withdraw', 'unknownRequest'],
    ['extend', 'unknownRequest'],
  ])('that there is not: %s is refused', async (act, code) => {
    const made = await inState('pending');
    await expect(ACTS[act]?.({ ...made, id: 'zzzzzzz' }, ADA)).rejects.toMatchObject({ code });
  });

  it('may be ended by who approved it, also when they decide no more, and by nobody new when its policy is gone', async () => {
    const made = await inState('approved');
    made.house.policies = [];
    await expect(revoke(made.deps, SAM, made.id)).rejects.toMatchObject({
      code: 'notCloser',
      hint: 'Ada, whoever approved it, and people of `security` may.',
    });
    await revoke(made.deps, GRACE, made.id);
    expect(await made.load()).toMatchObject({ status: 'closing' });
  });
});
