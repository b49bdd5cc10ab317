import { describe, expect, it } from 'vitest';
import { decide } from '../../src/app/request/decide.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Person } from '../../src/core/people/person.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, SENDER, world } from './fixtures.ts';

const MAX: Person = { id: 'max', name: 'Max', slack: 'U9', groups: [] };

/** A request of Ada that waits for Grace; afterwards the directory knows these people as `change` gives them. */
async function waiting(change: (person: Person) => Person | undefined) {
  const made = world({ people: [ADA, GRACE, MAX] });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const known = made.deps.directory;
  const seen = (person: Person | undefined) => person && change(person);
  const directory = { ...known, byId: async (who: string) => seen(await known.byId(who)) };
  return { deps: { ...made.deps, directory }, id };
}

describe('whoever was asked by somebody who left', () => {
  it.each([
    ['is not known any more', 'personGone', (person: Person) => (person.id === 'ada' ? undefined : person)],
    [
      'is disabled',
      'personDisabled',
      (person: Person) => (person.id === 'ada' ? { ...person, disabled: true } : person),
    ],
  ] as const)('reads that they left at “Approve”, and may deny, where somebody %s', async (_, code, change) => {
    const { deps, id } = await waiting(change);
    const press = (by: Person) => decide(deps, by, { request: id, verdict: 'approve' });
    await expect(press(GRACE)).rejects.toMatchObject({ code });
    const denied = await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'they left' });
    expect(denied.status).toBe('denied');
  });
});

describe('whoever nudges those who left', () => {
  it('is told that nobody is left who could approve', async () => {
    const { deps, id } = await waiting((person) => (person.id === 'grace' ? { ...person, disabled: true } : person));
    await expect(nudge(deps, ADA, id)).rejects.toMatchObject({ code: 'noApprover' });
  });
});
