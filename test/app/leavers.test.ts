import { describe, expect, it } from 'vitest';
import { leaversOf } from '../../src/app/loops/leavers.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Person } from '../../src/core/people/person.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', manager: 'grace', groups: ['eng'] };

/** Ada's access is open, Sam's request waits. */
async function busy() {
  const made = world({ people: [ADA, GRACE, SAM] });
  const { deps } = made;
  const open = await submit(deps, ADA, { ...ASK, source: '203.0.113.7/32' }, SENDER);
  await decide(deps, GRACE, { request: open.id, verdict: 'approve' });
  await converge(deps, MACHINE.id, never);
  const waits = await submit(deps, SAM, { ...ASK, source: '203.0.113.9/32' }, { ...SENDER, user: 'U3', key: 'k2' });
  const statuses = async () => {
    const all = await Promise.all([open, waits].map(({ id }) => deps.store.load(id)));
    return all.map(({ request }) => request?.status);
  };
  expect(await statuses()).toEqual(['active', 'pending']);
  const load = async (id: string) => (await deps.store.load(id)).request;
  return { ...made, open, waits, statuses, load, look: leaversOf(deps) };
}

const disabled = (person: Person): Person => ({ ...person, disabled: true });

describe('somebody who leaves', () => {
  it('loses what is open at once, with the reason', async () => {
    const { house, look, statuses, load, open, deps, cloud } = await busy();
    house.people = [disabled(ADA), GRACE, SAM];
    expect(await look(never)).toBe(1);
    expect(await statuses()).toEqual(['closing', 'pending']);
    await converge(deps, MACHINE.id, never);
    expect(cloud.rules.size).toBe(0);
    expect(await load(open.id)).toMatchObject({
      status: 'ended',
      ending: {
        why: 'failed',
        code: 'leaver',
        say: 'The account of Ada is disabled or gone. Whoever still needs access has to request it.',
      },
    });
    expect(await look(never)).toBe(0);
  });

  it.each(['open', 'waits'] as const)('loses all the rest, too, where what is %s cannot be decided', async (which) => {
    const { house, statuses, deps, ...asked } = await busy();
    house.people = [disabled(ADA), GRACE, disabled(SAM)];
    const store = new Proxy(deps.store, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        const { load } = target;
        if (name === 'load')
          return (id: string) =>
            id === asked[which].id
              ? Promise.reject(new JitError('unknownRequest', { typed: id }))
              : load.call(target, id);
        return typeof method === 'function' ? method.bind(target) : method;
      },
    });
    await expect(leaversOf({ ...deps, store })(never)).rejects.toMatchObject({ code: 'unknownRequest' });
    expect(await statuses()).toEqual(which === 'open' ? ['active', 'denied'] : ['closing', 'pending']);
  });

  it('has what they approved closed too', async () => {
    const { house, look, statuses } = await busy();
    house.people = [ADA, disabled(GRACE), SAM];
    expect(await look(never)).toBe(1);
    expect(await statuses()).toEqual(['closing', 'pending']);
  });

  it('has what waits refused', async () => {
    const { house, look, statuses, load, waits } = await busy();
    house.people = [ADA, GRACE, disabled(SAM)];
    expect(await look(never)).toBe(1);
    expect(await statuses()).toEqual(['active', 'denied']);
    expect(await load(waits.id)).toMatchObject({
      reviews: [{ verdict: 'deny', by: { id: 'drawbridge' }, reason: 'The account of Sam is disabled or gone.' }],
    });
  });

  it('is believed to be gone after two looks, not one', async () => {
    const { house, look, statuses } = await busy();
    house.people = [GRACE, SAM];
    expect(await look(never)).toBe(0);
    house.people = [ADA, GRACE, SAM];
    expect(await look(never)).toBe(0);
    house.people = [GRACE, SAM];
    expect(await look(never)).toBe(0);
    expect(await look(never)).toBe(1);
    expect(await statuses()).toEqual(['closing', 'pending']);
  });

  it('keeps it where the configuration says so', async () => {
    const { house, deps, statuses } = await busy();
    house.people = [disabled(ADA), GRACE, SAM];
    const look = leaversOf({ ...deps, rules: { ...deps.rules, policies: house.policies, leaver: 'keep' } });
    expect(await look(never)).toBe(0);
    expect(await statuses()).toEqual(['active', 'pending']);
  });

  it('is not guessed at: what nobody can tell ends nothing, and spoils nothing for others', async () => {
    const { house, deps, statuses, log } = await busy();
    house.people = [ADA, GRACE, disabled(SAM)];
    const byId = async (id: string) => {
      if (id === 'ada') throw new JitError('directoryAway', { directory: 'Entra', why: 'does not answer' });
      return deps.directory.byId(id);
    };
    const look = leaversOf({ ...deps, directory: { ...deps.directory, byId } });
    expect(await look(never)).toBe(1);
    expect(await statuses()).toEqual(['active', 'denied']);
    expect(log).toContain('of some people nobody can tell whether they left');
  });
});
