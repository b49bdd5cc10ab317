import { expect, it } from 'vitest';
import { revoke } from '../../src/app/request/end.ts';
import { approved } from './approved.ts';
import { GRACE } from './fixtures.ts';

it('opens nothing that the replicas of the store do not have, and closes all the same', async () => {
  const { cloud, converge: run, load, deps, id } = await approved();
  let have = false;
  const asked: unknown[] = [];
  Object.assign(deps, {
    replicas: {
      have: async (requests: readonly { readonly id: string }[]) => {
        asked.push(...requests.map((request) => request.id));
        return have;
      },
    },
  });
  await run();
  expect(cloud.calls).toEqual([]);
  expect(asked).toEqual([id]);
  expect(await load()).toMatchObject({ status: 'activating', trouble: { code: 'unconfirmed' } });
  have = true;
  await run();
  expect(await load()).toMatchObject({ status: 'active' });
  have = false;
  asked.length = 0;
  await revoke(deps, GRACE, id);
  await run();
  expect(asked).toEqual([]);
  expect(await load()).toMatchObject({ status: 'ended', proof: { verdict: 'closed' } });
});
