import { describe, expect, it } from 'vitest';
import { LATE_MS, lags, trimAudit, watchChain, watchSinks } from '../../src/app/evidence/behind.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { phrased } from '../../src/core/language/text.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const never = new AbortController().signal;

const { ground, raised, world } = chainOfFile();
const key = (name: string) => `{${ground.prefix}}:${name}`;
const said = () => raised.map(({ title }) => phrased(title));

/** Puts so many that are no checkpoints behind a place. */
async function put(behind: number, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => [behind + 0.5, `x${behind} ${n}`] as const).flat();
  await ground.redis.zadd(key('audit-heads'), ...all);
}

/** Ten minutes later. */
function later({ deps }: ReturnType<typeof world>) {
  const { store } = deps;
  const now = async () => ({ ...(await store.now()), at: (await store.now()).at + 2 * LATE_MS });
  return { ...deps, store: { ...store, now } };
}

/** Two batches, of which a sink that takes nothing more has the first. */
async function behind() {
  const siem = memorySink('siem');
  const of = world([siem]);
  await of.write(2);
  await of.chain();
  await of.bring();
  siem.isAway = true;
  await of.write(3);
  await of.chain();
  await of.bring();
  return { siem, of };
}

describe('what is no checkpoint, among those of the chain', () => {
  it.each([1, 40, 300])('%d behind what a sink has keep nothing from it, and no alarm', async (count) => {
    const { siem, of } = await behind();
    await put(3, count);
    await watchSinks(later(of), of.room, of.alarms);
    expect(said()).toEqual(['The audit sink siem is behind']);
    siem.isAway = false;
    await of.bring();
    expect(indexes(siem)).toEqual(upTo(6));
  });

  it('more of them than anybody looks through are told: the sink takes nothing, and is behind', async () => {
    const { siem, of } = await behind();
    siem.isAway = false;
    await put(3, 3_000);
    const told: string[] = [];
    const log = { ...of.log, warn: (_: unknown, message: string) => void told.push(message) };
    await deliverer({ ...of.deps, log }, of.room, siem, of.alarms)(never);
    expect(indexes(siem)).toEqual(upTo(3));
    expect(told).toEqual(['a sink of the audit took nothing; it is tried again']);
    await watchSinks(later(of), of.room, of.alarms);
    expect(said()).toEqual(['The audit sink siem is behind']);
    // One that has not begun has waited for nobody knows how long.
    await of.room.chain.moved({ name: 'new', index: 3, at: 0 });
    const lag = (await lags(of.deps, of.room)).find(({ name }) => name === 'new');
    expect(lag).toMatchObject({ records: 3, waitedMs: LATE_MS });
  });

  it('behind more of them than anybody looks through, no second chain is begun, and nothing dropped', async () => {
    const { of } = await behind();
    const last = await of.room.chain.last();
    await put(9_000, 1_200);
    expect(await of.room.chain.last()).toBeUndefined();
    if (!last) throw new Error('nothing was chained');
    for (const from of [0, last.index])
      expect(await of.room.chain.add(from, { ...last, index: last.index + 1 }), String(from)).toBe(false);
    expect(await of.room.chain.trim(0)).toBe(0);
    await ground.redis.zremrangebyscore(key('audit-heads'), 9_000, '+inf');
    expect(await of.room.chain.last()).toEqual(last);
  });

  it('before the first one, a new sink begins with what the store still has', async () => {
    const before = world([]);
    await before.write(4);
    await before.chain();
    await before.write(2);
    await before.chain();
    await before.room.chain.trim(1);
    await put(-1, 1);
    const siem = memorySink('siem');
    const of = world([siem]);
    await of.bring();
    expect(indexes(siem)).toEqual([6, 7]);
    expect(said()).toEqual([]);
  });

  it.each([1, 150])('%d at the end keep nothing from being chained, brought, or dropped', async (count) => {
    const siem = memorySink('siem');
    const of = world([siem], { keep: 1 });
    await of.write(2);
    await of.chain();
    await of.bring();
    await put(500, count);
    await ground.redis.zadd(key('audit-heads'), 600, '{"index":600}', 601, 'null', 602, '7');
    await ground.redis.hset(key('audit-sinks'), 'other', 'hello', 'more', '{}', 'last', 'null');
    await of.write(3);
    await of.chain();
    await of.bring();
    expect(indexes(siem)).toEqual(upTo(6));
    await of.write(1);
    await of.chain();
    await put(6, 1);
    await of.bring();
    await trimAudit(of.deps, of.room);
    expect((await of.audit.size()).entries).toBe(1);
    await watchChain(later(of), of.room, of.alarms);
    expect(said()).toEqual([]);
  });
});
