import { expect, it } from 'vitest';
import { replicasWatch } from '../../src/app/loops/replicas.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { toldWorld } from './told.ts';

it('operators are told once when replicas confirm no decision for two looks, and once when they do again', async () => {
  const { deps, titles } = toldWorld([{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }]);
  let isThere = true;
  const replicas = { have: async () => isThere };
  const look = replicasWatch({ ...deps, replicas }, new Alarms(deps));
  const seen = async (...answers: readonly boolean[]) => {
    for (const answer of answers) {
      isThere = answer;
      await look();
    }
    return titles();
  };
  expect(await seen(true, false, true, false)).toEqual([]);
  const told = 'Nothing is opened: the replicas of Redis confirm no decision';
  expect(await seen(false, false, false)).toEqual([told]);
  expect(await seen(true, true)).toEqual([told, 'The replicas of Redis confirm decisions again']);
});

it('where there are none, nothing is looked at', async () => {
  const { deps, titles } = toldWorld([{ chat: 'slack', kind: 'channel', id: 'C0OPERATORS' }]);
  await replicasWatch(deps, new Alarms(deps))();
  expect(titles()).toEqual([]);
});
