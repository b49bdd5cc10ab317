import { expect, it, vi } from 'vitest';
import { change, pending } from '../conformance/fixtures.ts';
import { asking } from '../redis/asking.ts';
import { addresses, follow, node, sentinels } from '../redis/nodes.ts';

const FIRST = [{ id: 'r1', version: 1 }];

it('waits for those of a new primary alone, but for one at least', async () => {
  const [one, two, three] = [await node(), await node(), await node()];
  await follow(two, one);
  await follow(three, one);
  const sentinel = { name: 'drawbridge', addresses: addresses(await sentinels(one, 2)), tls: false };
  const { store, replicas, clock } = asking({ sentinel });
  await store.save([change(pending('r1', (await store.now()).at), 0)]);
  await vi.waitFor(async () => expect(await replicas.have(FIRST)).toBe(true));
  await one.kill();
  // One of the two is the primary now, and the other its only replica.
  await vi.waitFor(async () => expect(await replicas.have(FIRST)).toBe(true), { interval: 200 });
  const roles = await Promise.all([two, three].map(({ direct }) => direct.info('replication')));
  const primary = roles[0]?.includes('role:master') ? two : three;
  await (primary === two ? three : two).kill();
  await vi.waitFor(async () => expect(await primary.direct.info('replication')).toContain('connected_slaves:0'));
  expect(await replicas.have(FIRST)).toBe(false);
  clock.ms += 31_000;
  expect(await replicas.have(FIRST)).toBe(true);
});
