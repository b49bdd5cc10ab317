import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Opening } from '../../src/ports/cloud.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

/** Comes from the same address as Ada. */
const LIN: Person = { ...ADA, id: 'lin', name: 'Lin', slack: 'U3' };

it('one rule for two leases is told to be for both, the longer one first', async () => {
  const { deps, cloud } = world({ people: [ADA, GRACE, LIN] });
  const notes: Opening['note'][] = [];
  const { open } = cloud;
  cloud.open = (openings, signal, beforeCall) => {
    notes.push(...openings.map(({ note }) => note));
    return open(openings, signal, beforeCall);
  };
  const lease = async (person: Person, forMs: number) => {
    const { id } = await submit(deps, person, { ...ASK, forMs }, { ...SENDER, key: `k${forMs}` });
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    await converge(deps, MACHINE.id, new AbortController().signal);
    return id;
  };
  const first = await lease(ADA, 1_800_000);
  const second = await lease(LIN, 3_600_000);
  expect(notes.map(({ request, others }) => [request, ...(others ?? []).map((one) => one.request)])).toEqual([
    [first],
    [second, first],
  ]);
  expect(notes[1]?.others).toEqual([{ request: first, requester: 'ada' }]);
});
