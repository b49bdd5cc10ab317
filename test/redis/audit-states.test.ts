import { describe, expect, it } from 'vitest';
import { watchChain } from '../../src/app/evidence/behind.ts';
import { begun, files, tampering } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const { ground, world } = chainOfFile();
const { said } = tampering(ground);
const key = (name: string) => `{${ground.prefix}}:${name}`;

describe('what somebody writes into Redis of the chain, and of how far sinks are', () => {
  it.each([
    ['more than there is', (name: string) => JSON.stringify({ name, index: 999_999, at: 1 })],
    ['less than it has', (name: string) => JSON.stringify({ name, index: 0, at: 0 })],
    ['nothing that can be read', () => 'hello'],
    ['what is said of another one', () => JSON.stringify({ name: 'siem', index: 3, at: 1 })],
    ['no number', (name: string) => JSON.stringify({ name, index: null, at: 1 })],
  ])('keeps no sink from what comes: %s', async (_, state) => {
    const [own, siem] = [files(), memorySink('siem')];
    const of = world([own.sink, siem]);
    await begun(of);
    await ground.redis.hset(key('audit-sinks'), 'files', state('files'));
    await of.write(3);
    await of.chain();
    for (let turn = 0; turn < 2; turn += 1) await of.bring();
    const states = await of.room.chain.sinks();
    expect(Object.fromEntries(states.map(({ name, index }) => [name, index]))).toEqual({ files: 9, siem: 9 });
    expect(indexes(siem)).toEqual(upTo(9));
    expect(await own.faults()).toEqual([]);
    expect(await own.sink.end?.()).toMatchObject({ index: 9 });
    expect(said()).toEqual(
      state('files').includes('999999')
        ? [
            'Somebody changed how far the audit sink files is Redis says that it has records up to 999999, and there are 9: somebody who can write to Redis changed that. It is brought again what Redis has.',
          ]
        : [],
    );
  });

  it('a checkpoint that is none stops neither what is chained nor any sink', async () => {
    const siem = memorySink('siem');
    const of = world([siem]);
    await begun(of);
    await of.write(2);
    await of.chain();
    await ground.redis.zadd(key('audit-heads'), 500, 'hello');
    await of.bring();
    expect(indexes(siem)).toEqual(upTo(8));
    await of.write(1);
    await of.chain();
    const now = async () => ({ ...(await of.deps.store.now()), at: (await of.deps.store.now()).at + 600_000 });
    await watchChain({ ...of.deps, store: { ...of.deps.store, now } }, of.room, of.alarms);
    expect(said()).toEqual([]);
    await of.bring();
    expect(indexes(siem)).toEqual(upTo(9));
  });
});
