import { expect, it } from 'vitest';
import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import type { AlarmNews } from '../../src/ports/alarm-way.ts';
import { boatWorld } from './lifeboat-rig.ts';

/** As in the rig, with a way that needs no chat. */
function withWay() {
  const made = boatWorld();
  const taken: AlarmNews[] = [];
  const way = { name: 'hook', isAway: false };
  const tell = async (news: AlarmNews) => {
    if (way.isAway) throw new Error('the hook is away');
    taken.push(news);
  };
  const deps = { ...made.deps, ways: [{ name: way.name, tell }] };
  const boat = new Lifeboat({ deps, memory: made.memory, spool: made.spool, patrolMs: 180_000, host: 'here' });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i += 1) {
      made.clock.advance(1_000);
      await boat.beat();
      await Promise.resolve();
    }
  };
  return { ...made, way, taken, pass };
}

it('operators are told what is wrong with Redis, and the remedy; so is `/status`', async () => {
  const made = boatWorld();
  made.become('away');
  await made.pass(12);
  expect(made.told[0]).toContain('Redis has no memory left. Give it more memory.');
  expect(made.boat.state()).toMatchObject({ isOn: true, why: 'Redis has no memory left. Give it more memory.' });
  made.become('there');
  await made.pass(1);
  expect(made.boat.state()).toEqual({ isOn: false, wentBack: false });
});

it('where no chat takes it, they are told by a way that needs none; where one does, only there', async () => {
  const made = withWay();
  made.reach.isAway = true;
  made.become('away');
  await made.pass(15);
  expect(made.taken.map(({ title }) => title)).toEqual(['Redis cannot be written: nothing is opened']);
  expect(made.taken[0]?.lines.join()).toContain('cannot write to Redis');
  made.reach.isAway = false;
  made.become('there');
  await made.pass(2);
  expect(made.taken).toHaveLength(1);
  expect(made.told).toEqual([expect.stringContaining('Redis can be written again')]);
});

it('where nobody takes it, it is told again every half minute until somebody does, each report once', async () => {
  const made = withWay();
  made.reach.isAway = true;
  made.way.isAway = true;
  made.become('away');
  await made.pass(100);
  expect([made.told, made.taken]).toEqual([[], []]);
  made.become('there');
  await made.pass(40);
  made.reach.isAway = false;
  await made.pass(100);
  expect(made.taken).toEqual([]);
  expect(made.told).toEqual([
    expect.stringContaining('Redis cannot be written'),
    expect.stringContaining('Redis can be written again'),
  ]);
});
