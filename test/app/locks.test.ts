import { expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { commit } from '../../src/app/machine/commit.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { placed } from '../../src/core/request/life.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Placement } from '../../src/core/rule/rule.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, placement, SENDER } from './fixtures.ts';

const never = new AbortController().signal;

/** The same lock, which the first time lets something happen before it is had. */
function slowly(lock: Deps['lock'], meanwhile: () => Promise<unknown>, held: (readonly string[])[] = []): Deps['lock'] {
  return {
    hold: async (keys, options, work) => {
      held.push(keys);
      if (held.length === 1) await meanwhile();
      return lock.hold(keys, options, work);
    },
  };
}

/** Another process keeps where a request's rules go. */
function place(deps: Deps, id: string, where: Placement): Promise<Request> {
  return commit(deps, id, (request, { at }) =>
    request.status === 'activating'
      ? { next: placed(request, [where], [], at), event: 'placed', by: 'drawbridge' }
      : undefined,
  );
}

it('what comes while the locks are waited for, and needs others, is left to the next look', async () => {
  const { cloud, deps, id, converge: run, load } = await approved();
  await run();
  const other = await submit(deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k2' });
  await decide(deps, GRACE, { request: other.id, verdict: 'approve' });
  await revoke(deps, GRACE, id);

  const held: (readonly string[])[] = [];
  const lock = slowly(
    deps.lock,
    async () => {
      await place(deps, other.id, { ...placement('203.0.113.8/32'), at: 'sg-2', locks: ['sg-2'] });
      await revoke(deps, GRACE, other.id);
    },
    held,
  );
  await converge({ ...deps, lock }, MACHINE.id, never);
  expect(held).toEqual([['sg-1']]);
  expect(cloud.calls.slice(1)).toEqual(['close 1']);
  expect(await load()).toMatchObject({ status: 'ended' });
  expect((await deps.store.load(other.id)).request?.status).toBe('closing');

  await run();
  expect((await deps.store.load(other.id)).request?.status).toBe('ended');
});

it('what was approved while the locks are waited for, and was not judged, is left to the next look', async () => {
  const { cloud, deps, converge: run, load } = await approved();
  const lock = slowly(deps.lock, async () => {
    const other = await submit(deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k2' });
    await decide(deps, GRACE, { request: other.id, verdict: 'approve' });
    await place(deps, other.id, placement('203.0.113.8/32'));
  });
  await converge({ ...deps, lock }, MACHINE.id, never);
  expect(await load()).toMatchObject({ status: 'active' });
  expect(cloud.rules.size).toBe(1);
  await run();
  expect(cloud.rules.size).toBe(2);
});
