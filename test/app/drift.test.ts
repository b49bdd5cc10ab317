import { expect, it } from 'vitest';
import { watch } from '../../src/app/loops/drift.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import { MACHINE, world } from './fixtures.ts';

const never = new AbortController().signal;
const listening = (news: readonly (readonly MachineId[])[]) => {
  const made = world();
  const left = [...news];
  const only: (readonly MachineId[] | undefined)[] = [];
  async function* patrol(_: AbortSignal, machines?: readonly MachineId[]) {
    only.push(machines);
    yield* made.cloud.patrolled;
  }
  Object.assign(made.cloud, { patrol, changed: async () => left.shift() ?? [] });
  return { ...made, only };
};

it('goes to look at the machines that news are about, and closes what is nobody’s there', async () => {
  const { deps, cloud, only } = listening([[MACHINE.id]]);
  const rule = { machine: MACHINE.id, port: { number: 22, protocol: 'tcp' as const }, source: '0.0.0.0/0' };
  const placement = { rule, backend: 'test', at: 'sg-1', locks: ['sg-1'] };
  cloud.rules.set(placementKey(placement), { placement, mark: 'missing' });
  cloud.patrolled = [{ placement, mark: 'missing' }];
  await watch(deps, never);
  expect(only).toEqual([[MACHINE.id]]);
  expect(cloud.rules.size).toBe(0);
});

it('looks at nothing without news, or where nobody listens', async () => {
  const { deps, only } = listening([[]]);
  await watch(deps, never);
  await watch(world().deps, never);
  expect(only).toEqual([]);
});
