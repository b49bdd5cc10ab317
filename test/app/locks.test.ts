import { expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { commit } from '../../src/app/machine/commit.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { revoke } from '../../src/app/request/end.ts';
import { submit } from '../../src/app/request/submit.ts';
import { placed } from '../../src/core/request/life.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, placement, SENDER } from './fixtures.ts';

const never = new AbortController().signal;

it('what comes while the locks are waited for, and needs others, is left to the next look', async () => {
  const { cloud, deps, id, converge: run, load } = await approved();
  await run();
  const other = await submit(deps, ADA, { ...ASK, source: '203.0.113.8/32' }, { ...SENDER, key: 'k2' });
  await decide(deps, GRACE, { request: other.id, verdict: 'approve' });
  await revoke(deps, GRACE, id);

  const held: (readonly string[])[] = [];
  // Another process places the second request, which needs another lock, and it is revoked.
  const meanwhile = async () => {
    const elsewhere = { ...placement('203.0.113.8/32'), at: 'sg-2', locks: ['sg-2'] };
    await commit(deps, other.id, (request, { at }) =>
      request.status === 'activating'
        ? { next: placed(request, [elsewhere], [], at), event: 'placed', by: 'drawbridge' }
        : undefined,
    );
    await revoke(deps, GRACE, other.id);
  };
  const lock: Deps['lock'] = {
    hold: async (keys, options, work) => {
      held.push(keys);
      if (held.length === 1) await meanwhile();
      return deps.lock.hold(keys, options, work);
    },
  };
  await converge({ ...deps, lock }, MACHINE.id, never);
  expect(held).toEqual([['sg-1']]);
  expect(cloud.calls.slice(1)).toEqual(['close 1']);
  expect(await load()).toMatchObject({ status: 'ended' });
  expect((await deps.store.load(other.id)).request?.status).toBe('closing');

  await run();
  expect((await deps.store.load(other.id)).request?.status).toBe('ended');
});
