import { expect, it, vi } from 'vitest';
import { change, pending } from '../conformance/fixtures.ts';
import { asking } from './asking.ts';
import { addresses, cluster, follow, node } from './nodes.ts';

const FIRST = [{ id: 'r1', version: 1 }];

it('has a decision once each replica has it, also one that was there a moment ago', async () => {
  const [one, two, three] = [await node(), await node(), await node()];
  await follow(two, one);
  await follow(three, one);
  const { store, replicas, clock } = asking(`redis://127.0.0.1:${one.port}`);
  const { at } = await store.now();
  await store.save([change(pending('r1', at), 0)]);
  await vi.waitFor(async () => expect(await replicas.have(FIRST)).toBe(true));
  expect(await replicas.have([{ id: 'r1', version: 2 }])).toBe(false);

  two.process.kill('SIGSTOP');
  const asked = replicas.have(FIRST);
  // Whoever closes goes on meanwhile.
  expect((await store.load('r1')).request?.version).toBe(1);
  expect(await asked).toBe(false);
  two.process.kill('SIGCONT');
  await vi.waitFor(async () => expect(await replicas.have(FIRST)).toBe(true));

  // As when it is promoted: the other one alone is no witness.
  await two.direct.replicaof('NO', 'ONE');
  await vi.waitFor(async () => expect(await one.direct.info('replication')).toMatch(/connected_slaves:1/));
  expect(await replicas.have(FIRST)).toBe(false);
  clock.ms += 31_000;
  expect(await replicas.have(FIRST)).toBe(true);

  await follow(one, two);
  expect(await replicas.have(FIRST)).toBe(false);
});

it('asks nobody where there is none, and the right primary of a Cluster', async () => {
  const alone = await node();
  const { store, replicas } = asking(`redis://127.0.0.1:${alone.port}`);
  await store.save([change(pending('r1', (await store.now()).at), 0)]);
  expect(await replicas.have(FIRST)).toBe(true);
  alone.process.kill('SIGSTOP');
  const hung = replicas.have(FIRST);
  await alone.kill();
  expect(await hung).toBe(false);

  const many = asking({ cluster: addresses(await cluster(0)) });
  await many.store.save([change(pending('r1', (await many.store.now()).at), 0)]);
  expect(await many.replicas.have(FIRST)).toBe(true);
});
