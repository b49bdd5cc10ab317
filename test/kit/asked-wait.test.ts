import { expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { AskedWait } from '../../src/kit/asked-wait.ts';

class Busy extends Error {
  readonly ms: number;

  constructor(ms: number) {
    super(`busy for ${ms} ms`);
    this.ms = ms;
  }
}

it('keeps one key from nothing of another, and forgets what is over', async () => {
  let now = 0;
  const waits = new AskedWait({
    now: () => now,
    waitOf: (error) => (error instanceof Busy ? error.ms : undefined),
    refusal: (ms) => new Busy(ms),
  });
  const busy = (key: string, ms: number) =>
    waits.run(key, async () => {
      throw new Busy(ms);
    });
  for (let n = 0; n < 5_000; n += 1) await expect(busy(`k${n}`, 10)).rejects.toThrow('busy for 10 ms');
  now = 4;
  await expect(waits.run('k0', async () => 'done')).rejects.toThrow('busy for 6 ms');
  expect(await waits.run('other', async () => 'done')).toBe('done');
  await expect(busy('late', 20)).rejects.toThrow('busy for 20 ms');
  now = 11;
  await expect(busy('last', 20)).rejects.toThrow('busy for 20 ms');
  expect(await waits.run('k0', async () => 'done')).toBe('done');
  await expect(waits.run('late', async () => 'done')).rejects.toThrow('busy for 13 ms');
});

it('waits for no more than an hour, whatever is asked for, and keeps no more than so many', async () => {
  let now = 0;
  const waits = new AskedWait({
    now: () => now,
    waitOf: (error) => (error instanceof Busy ? error.ms : undefined),
    refusal: (ms) => new Busy(ms),
  });
  const busy = (key: string) =>
    waits.run(key, async () => {
      throw new Busy(9 * HOUR_MS);
    });
  await expect(busy('first')).rejects.toThrow();
  await expect(busy('first')).rejects.toThrow(`busy for ${HOUR_MS} ms`);
  now = HOUR_MS;
  expect(await waits.run('first', async () => 'done')).toBe('done');
  await expect(busy('first')).rejects.toThrow();
  for (let n = 0; n < 5_000; n += 1) await expect(busy(`k${n}`)).rejects.toThrow();
  expect(await waits.run('first', async () => 'done')).toBe('done');
});
