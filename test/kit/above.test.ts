import { beforeEach, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { type Machine, machineId } from '../../src/core/machine/machine.ts';
import { Above } from '../../src/kit/above.ts';

const MACHINE: Machine = {
  id: machineId('aws', '123456789012:eu-west-1:i-0abcdef1') ?? 'aws:',
  name: 'web-1',
  tags: {},
  location: '',
};

let now = 0;
let reads = 0;
let answer: () => ReadonlyMap<string, readonly string[]>;
let warned: string[];
beforeEach(() => {
  now = 1_000;
  reads = 0;
  warned = [];
  answer = () => new Map([['site', ['ou-1', 'r-1']]]);
});

function above(site = 'SITE'): Above {
  const add = (_: unknown, message: string) => void warned.push(message);
  return new Above({
    of: 'a cloud',
    what: 'units',
    remedy: 'Grant it.',
    read: async () => {
      reads += 1;
      return answer();
    },
    siteOf: () => site,
    clock: { now: () => now },
    log: { info: add, warn: add, error: add },
    warning: 'not read',
  });
}
const unitsOf = async (one: Above) => (await one.on([MACHINE]))[0]?.units;
const fail = () => {
  throw new Error('away');
};

it('is read once for all who ask at the same time, and again after ten minutes', async () => {
  const one = above();
  expect(await Promise.all([unitsOf(one), unitsOf(one)])).toEqual([
    ['ou-1', 'r-1'],
    ['ou-1', 'r-1'],
  ]);
  expect(reads).toBe(1);
  answer = () => new Map([['site', ['ou-2', 'r-1']]]);
  expect(await unitsOf(one)).toEqual(['ou-1', 'r-1']);
  now += 10 * MINUTE_MS;
  expect(await unitsOf(one)).toEqual(['ou-2', 'r-1']);
});

it('is not known of a site that was not seen, and of none where it was never read', async () => {
  expect(await unitsOf(above('other'))).toBeUndefined();
  answer = fail;
  const one = above();
  expect(await unitsOf(one)).toBeUndefined();
  expect(await unitsOf(one)).toBeUndefined();
  expect([reads, warned]).toEqual([2, ['not read']]);
  await expect(one.readNow()).rejects.toThrow('away');
});

it('counts for an hour where it cannot be read again, is asked for each minute, and is not known after that', async () => {
  const one = above();
  await unitsOf(one);
  answer = fail;
  now += 10 * MINUTE_MS;
  expect(await unitsOf(one)).toEqual(['ou-1', 'r-1']);
  now += MINUTE_MS;
  expect(await unitsOf(one)).toEqual(['ou-1', 'r-1']);
  expect(reads).toBe(3);
  now = 1_000 + HOUR_MS;
  expect(await unitsOf(one)).toBeUndefined();
  answer = () => new Map([['site', ['ou-3']]]);
  now += MINUTE_MS;
  expect(await unitsOf(one)).toEqual(['ou-3']);
});

it('is said to the doctor: whether it can be read now, and what to do where it cannot be', async () => {
  const one = above();
  expect(await one.examine()).toEqual({ of: 'a cloud', what: 'units', verdict: 'fine' });
  answer = fail;
  expect(await one.examine()).toMatchObject({ of: 'a cloud', what: 'units', verdict: 'fault', remedy: 'Grant it.' });
});
