import { describe, expect, it } from 'vitest';
import { NO_HEAD } from '../../src/core/evidence/chain.ts';
import { begun, bucket, files, tampering } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const { ground, world } = chainOfFile();
const { lose, said, keep } = tampering(ground);

describe('Redis that went back behind what a sink has', () => {
  it.each([
    ['files', files],
    ['bucket', bucket],
  ])('is told as what it is, and what nobody can tell as that: %s', async (name, start) => {
    const [{ sink, faults }, siem] = [start(), memorySink('siem')];
    const own = world([sink, siem]);
    await begun(own);
    const back = await keep();
    await own.write(6);
    await own.chain();
    await own.bring();
    await back();
    await own.write(2);
    await own.chain();
    await own.bring();
    expect(said()).toEqual([
      `Entries of the audit are missing in Redis 6 records are in Redis no more, and ${name} has them (7 to 12). The database went back.`,
      'Entries of the audit are missing 6 records are in Redis no more, and nobody can tell whether siem had them (7 to 12). The database went back. Another sink may have them. `jit audit verify` shows which are missing.',
    ]);
    expect(await faults()).toEqual([]);
    expect(indexes(siem)).toEqual(upTo(14));
  });

  it.each([
    ['files', files],
    ['bucket', bucket],
  ])(
    'and lost all of it: no head is signed that is none, and the chain goes on behind the signed one: %s',
    async (_, start) => {
      const { sink, faults } = start();
      const own = world([sink]);
      await begun(own);
      await own.write(6);
      await own.chain();
      await lose(8, 12);
      await own.bring();
      expect(await sink.end?.()).toMatchObject({ index: 12, head: (await own.room.chain.last())?.head, has: 11 });
      await ground.redis.del(...(await ground.redis.keys(`{${ground.prefix}}*`)));
      await own.write(2);
      await own.chain();
      await own.bring();
      const [first] = await own.room.chain.after(-1, 1);
      expect(first?.index).toBe(12);
      expect(first?.head).not.toBe(NO_HEAD);
      expect((await faults()).filter((say) => !say.startsWith('missing'))).toEqual([]);
      expect((await own.room.chain.sinks())[0]?.index).toBe((await own.room.chain.last())?.index);
    },
  );
});
