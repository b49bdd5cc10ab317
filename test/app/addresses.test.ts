import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import type { MachineAddress } from '../../src/core/machine/address.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const FOUR: MachineAddress = { address: '198.51.100.10', isPublic: true, isServed: true };
const SIX: MachineAddress = { address: '2001:db8:1::10', isPublic: true, isServed: true };
const never = new AbortController().signal;

/** A world in which the machine has these addresses, until they change. */
function having(...addresses: readonly MachineAddress[]) {
  const made = world();
  const has = (now: readonly MachineAddress[]) => {
    const ports = MANAGEMENT_PORTS.map((port) => ({ port, sources: [], longestMs: 86_400_000 }));
    made.cloud.look = async () => ({
      machine: MACHINE,
      identity: 'i-1',
      protection: { ports },
      standing: [],
      addresses: now,
    });
  };
  has(addresses);
  const facts = async (id: string) => {
    const request = (await made.deps.store.load(id)).request;
    return request && Object.fromEntries(viewOf(request).facts.map(({ label, value }) => [label, plain(value)]));
  };
  return { ...made, has, facts };
}

describe('a source that cannot get to the machine', () => {
  it('is refused when it is asked for: nobody gets a card', async () => {
    const { deps, queue } = having(FOUR);
    await expect(submit(deps, ADA, { ...ASK, source: '2001:db8::7/128' }, SENDER)).rejects.toMatchObject({
      code: 'noAddress',
    });
    expect(await deps.store.live(9)).toEqual([]);
    expect(await queue.drain({ converge: async () => {}, notify: async () => {} })).toBe(0);
  });

  it('is refused at the approval, and before the opening, where the address went meanwhile', async () => {
    const { deps, has, cloud } = having(FOUR, SIX);
    const { id } = await submit(deps, ADA, { ...ASK, source: '2001:db8::7/128' }, SENDER);
    has([FOUR]);
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toThrow('has no IPv6 address');
    has([SIX]);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    has([FOUR]);
    await converge(deps, MACHINE.id, never);
    expect((await deps.store.load(id)).request).toMatchObject({
      status: 'ended',
      ending: { code: 'changedSinceApproval' },
    });
    expect(cloud.calls).toEqual([]);
  });
});

it('the card says the address that the source uses, as it was at the last judgement', async () => {
  const { deps, has, facts } = having(FOUR, SIX);
  const { id } = await submit(deps, ADA, ASK, SENDER);
  expect(await facts(id)).toMatchObject({ From: '203.0.113.7', Address: '198.51.100.10' });
  has([{ ...FOUR, address: '198.51.100.99' }]);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  expect(await facts(id)).toMatchObject({ 'Connect to': '198.51.100.99' });
});
