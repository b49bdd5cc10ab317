import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { redisStore } from '../../src/redis/store.ts';
import { change, machine, open, pending } from '../conformance/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const MANY = 20_000;
const AT_ONCE = 200;

const server = redisOfFile();

/** The longest of our scripts and of our steps: printed, as a busy computer says little about a wall clock. */
it(`looks at a machine with ${MANY} requests that wait, finds a person’s own among them, and goes through all, in bounded steps`, async () => {
  const redis = server.client();
  const store = redisStore({ redis, prefix: 'crowd', log: QUIET });
  const { at } = await store.now();
  const lin = { id: 'lin', name: 'Lin' };
  const own = open(pending('linsown', at - 1, { requester: lin }), at - 1);
  await store.save([change(own, 0)]);
  for (let n = 0; n < MANY; n += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, i) => pending(`c${n + i}`, at + n + i));
    await store.save(some.map((request) => change(request, 0)));
  }
  await redis.config('SET', 'slowlog-log-slower-than', '200');
  await redis.config('SET', 'slowlog-max-len', '100000');
  await redis.slowlog('RESET');
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();

  expect((await store.liveOn(machine(1))).requests.map(({ id }) => id)).toEqual(['linsown']);
  expect((await store.find({ by: 'requester', which: 'lin' }, 500)).map(({ id }) => id)).toEqual(['linsown']);
  expect(await store.find({ by: 'policy', which: 'engineers' }, 500)).toHaveLength(500);
  expect(await store.counts('ada', machine(1))).toEqual({ person: MANY, machine: MANY + 1, all: MANY + 1 });
  await store.claim(5_000, 5_000);
  await store.settle(machine(1));
  expect(await store.mend()).toBe(0);

  delay.disable();
  const slow = (await redis.slowlog('GET', 10_000)) as readonly (readonly [
    number,
    number,
    number,
    readonly string[],
  ])[];
  const ours = slow.filter(([, , , [command = '']]) => /^eval/i.test(command)).map(([, , us]) => us / 1_000);
  expect(ours.length).toBeGreaterThan(0);
  console.info(`${MANY} requests on one machine: longest script ${Math.max(...ours).toFixed(1)} ms`);
  console.info(`longest step of the event loop ${(delay.max / 1e6).toFixed(1)} ms`);
  expect(Math.max(...ours)).toBeLessThan(500);
}, 120_000);
