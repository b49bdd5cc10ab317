import { describe, expect, it } from 'vitest';
import { trimAudit } from '../../src/app/evidence/behind.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { begun, GONE, tampering } from './audit-tampering.ts';
import { chainOfFile, indexes, memorySink, upTo } from './chain-world.ts';

const { ground, world } = chainOfFile();
const { lose, said } = tampering(ground);

describe('a sink that may lose some', () => {
  const lossy = () => memorySink('lossy', { isBestEffort: true });

  it.each([
    ['before its turn', false, [15, 16, 17, 18]],
    ['during its turn', true, [7, 8, 9, 10, 15, 16, 17, 18]],
  ])(
    'is not waited for, and nobody is alarmed of what the store dropped %s, the oldest first',
    async (_, isDuring, got) => {
      const [kept, sink] = [memorySink('kept'), lossy()];
      let during = async () => {};
      const slow: Sink = {
        ...sink,
        async write(batch) {
          await sink.write(batch);
          await during();
        },
      };
      const own = world([kept, slow], { keep: 2 });
      await begun(own);
      sink.isAway = true;
      for (let n = 0; n < 3; n += 1) {
        await own.write(4);
        await own.chain();
        await own.bring();
      }
      sink.isAway = false;
      const trim = () => trimAudit(own.deps, own.room);
      if (isDuring) during = trim;
      else await trim();
      await own.bring();
      expect(indexes(kept)).toEqual(upTo(18));
      expect(indexes(sink)).toEqual([...upTo(6), ...got]);
      expect(said()).toEqual([]);
    },
  );

  it('is given the rest of what somebody deleted, which is told for it, too', async () => {
    const sink = lossy();
    const own = world([sink]);
    await begun(own);
    await own.write(6);
    await own.chain();
    await lose(9);
    await own.bring();
    expect(indexes(sink).slice(6)).toEqual([7, 8, 10, 11, 12]);
    expect(said()).toEqual([
      expect.stringMatching(GONE('Record 9 is in Redis no more, and nobody can tell whether lossy had it')),
    ]);
  });
});
