import { expect, it, vi } from 'vitest';
import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import { endRevoked } from '../../src/app/loops/compare.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { type Placement, placementKey } from '../../src/core/rule/rule.ts';
import type { Now } from '../../src/ports/store.ts';
import { approved } from './approved.ts';
import { MACHINE, placement, world } from './fixtures.ts';
import { boatWorld, memorySpool } from './lifeboat-rig.ts';

const never = new AbortController().signal;

/** Rules of leases that were revoked, and whose records were lost; the first is on a machine whose closing fails. */
function lost({ cloud }: Pick<ReturnType<typeof world>, 'cloud'>) {
  const silent = new JitError('cloudSilent', { cloud: 'AWS' });
  const bad: Placement = {
    ...placement('198.51.100.1/32'),
    rule: { ...placement('198.51.100.1/32').rule, machine: 'aws:210987654321:eu-west-1:i-1' as MachineId },
  };
  const good = placement('198.51.100.2/32');
  for (const one of [bad, good]) cloud.rules.set(placementKey(one), { placement: one, mark: 'valid' });
  const { close } = cloud;
  cloud.close = async (placements, ...more) => {
    if (placements.some(({ rule }) => rule.machine !== MACHINE.id)) throw silent;
    return close(placements, ...more);
  };
  const revoked = [
    { id: 'zzzzzz2', placements: [bad] },
    { id: 'zzzzzz3', placements: [good] },
  ];
  return { bad, revoked };
}

it('what cannot be closed keeps nothing else from it that was revoked, and is told', async () => {
  const made = world();
  const { bad, revoked } = lost(made);
  await expect(endRevoked(made.deps, revoked)).rejects.toMatchObject({ code: 'cloudSilent' });
  expect([...made.cloud.rules.keys()]).toEqual([placementKey(bad)]);
});

it('nor what has a record', async () => {
  const made = await approved();
  await made.converge();
  const { revoked } = lost(made);
  const request = await made.load();
  if (!request) throw new Error('none');
  const all = [...revoked, { id: request.id, placements: [placement()] }];
  await expect(endRevoked(made.deps, all)).rejects.toMatchObject({ code: 'cloudSilent' });
  expect(await made.load()).toMatchObject({ ending: { why: 'failed', code: 'lostWithStore' } });
  await converge(made.deps, MACHINE.id, never);
  expect(await made.load()).toMatchObject({ status: 'ended' });
});

it('a cloud that is silent then does not keep a process from noticing that Redis is away', async () => {
  const { deps, memory, clock } = boatWorld();
  let now: Partial<Now> = { epoch: 1 };
  let isAway = false;
  const write = async (): Promise<Now> => {
    if (isAway) throw new Error('connect ECONNREFUSED');
    return { at: clock.now(), trusted: true, ...now };
  };
  const store = new Proxy(deps.store, {
    get(target, name) {
      const method: unknown = name === 'write' ? write : Reflect.get(target, name);
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });
  const silent = Promise.withResolvers<void>();
  const wentBack = vi.fn(() => silent.promise);
  const options = { memory, spool: memorySpool(), patrolMs: 180_000, host: 'here', writeMs: 5 };
  const boat = new Lifeboat({ ...options, deps: { ...deps, store }, wentBack });
  await boat.beat();
  now = { epoch: 2 };
  await boat.beat();
  await boat.beat();
  expect(wentBack).toHaveBeenCalledTimes(1);
  isAway = true;
  for (let second = 0; second < 12; second += 1) {
    await boat.beat();
    clock.advance(1_000);
  }
  expect(boat.isOn).toBe(true);
  isAway = false;
  silent.reject(new Error('given up'));
  await vi.waitFor(async () => {
    await boat.beat();
    expect(wentBack).toHaveBeenCalledTimes(2);
  });
});
