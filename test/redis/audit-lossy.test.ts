import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it } from 'vitest';
import { trimAudit } from '../../src/app/evidence/behind.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { begun, GONE, saidIn, tampering } from './audit-tampering.ts';
import { chainWorld, indexes, memorySink, upTo } from './chain-world.ts';
import { redisOfFile } from './server.ts';

const server = redisOfFile();
let redis: Redis;
let prefix: string;
let raised: Alarm[];

beforeEach(() => {
  prefix = server.prefix();
  redis = server.client();
  raised = [];
});

const world = (sinks: readonly Sink[], keep?: number) =>
  chainWorld({ redis, prefix, raised }, sinks, keep === undefined ? {} : { keep });
const lose = (...places: readonly number[]) => tampering(redis, prefix).lose(...places);
const said = () => saidIn(raised);

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
      const own = world([kept, slow], 2);
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
    expect(said()).toEqual([expect.stringMatching(GONE('Record 9 is in Redis no more, and lossy never had it'))]);
  });
});
