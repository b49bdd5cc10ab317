import { describe, expect, it } from 'vitest';
import { watchChain } from '../../src/app/evidence/behind.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import { scriptsOn } from '../../src/redis/scripts.ts';
import { begun, tampering } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink } from './chain-world.ts';

const { ground, raised, world } = chainOfFile();
const { said, keep } = tampering(ground);

const over: string[] = [];
const alarms = {
  raise: async (alarm: Alarm) => void raised.push(alarm),
  over: async ({ key }: Pick<Alarm, 'key'>) => void over.push(key),
};

/** So much later. */
const later = <T extends ReturnType<typeof world>['deps']>(deps: T, ms: number): T => ({
  ...deps,
  store: { ...deps.store, now: async () => ({ ...(await deps.store.now()), at: (await deps.store.now()).at + ms }) },
});

describe('entries that are not chained', () => {
  it('are told to the operators once they wait for minutes, and that it is over', async () => {
    const own = world([memorySink()]);
    await begun(own);
    await watchChain(later(own.deps, 600_000), own.room, alarms);
    expect(raised).toEqual([]);
    await own.write(2);
    await watchChain(own.deps, own.room, alarms);
    expect(raised).toEqual([]);
    await watchChain(later(own.deps, 600_000), own.room, alarms);
    expect(said()).toEqual([
      'Entries of the audit are not signed Nobody signs them, and no sink gets them. The oldest waits for 10 min. The log says why.',
    ]);
    over.length = 0;
    await own.chain();
    await watchChain(later(own.deps, 600_000), own.room, alarms);
    expect([raised.length, over]).toEqual([1, ['audit unchained']]);
  });

  it.each([
    ['lower than what is signed', '1'],
    ['higher than any can be', '18446744073709551000'],
  ])('because their numbers are %s are told at once, and how it goes on', async (_, epoch) => {
    const sink = memorySink();
    const own = world([sink]);
    await begun(own);
    const stream = `{${ground.prefix}}:audit`;
    const [first] = await ground.redis.xrange(stream, '-', '+');
    await ground.redis.del(stream);
    await ground.redis.xadd(stream, `${epoch}-1`, ...(first?.[1] ?? []));
    await own.write(2);
    await own.chain();
    await own.bring();
    expect(indexes(sink)).toHaveLength(6);
    await watchChain(own.deps, own.room, alarms);
    expect(said()).toEqual([
      expect.stringMatching(/What is written now has numbers that cannot come behind what is signed already/),
    ]);
    // As docs/audit.md says.
    await ground.redis.rename(stream, `${stream}-aside`);
    await own.write(1);
    await watchChain(own.deps, own.room, alarms);
    expect(raised).toHaveLength(1);
    await own.chain();
    await own.bring();
    expect(indexes(sink)).toHaveLength(7);
  });
});

it('what is written after Redis went back has none of the numbers that lost entries had: places that know one by its number keep both', async () => {
  const sink = memorySink();
  const own = world([sink]);
  await begun(own);
  const back = await keep();
  await own.write(3);
  await own.chain();
  await own.bring();
  await back();
  await scriptsOn(ground.redis)('raise', [`{${ground.prefix}}`], [0, 0]);
  await own.write(3);
  await own.chain();
  await own.bring();
  const all = sink.got.flatMap(({ links }) => links.map(({ epoch, sequence }) => `${epoch}-${sequence}`));
  expect(all).toHaveLength(12);
  expect(new Set(all).size).toBe(12);
  expect(said()).toEqual([]);
});
