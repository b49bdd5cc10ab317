import { expect, it } from 'vitest';
import { retain } from '../../src/app/evidence/behind.ts';
import { factsIn } from '../../src/core/audit/facts.ts';
import { recordOf } from '../../src/core/audit/record.ts';
import { readRetention } from '../../src/core/evidence/retained.ts';
import { signerOf, VERIFIERS } from '../core/evidence/chain.ts';

const DAY_MS = 86_400_000;

it('what is older than it is kept is told in the audit before it is deleted, and nothing is deleted where the audit cannot be written', async () => {
  const steps: unknown[] = [];
  const sink = {
    name: 'files',
    expire: async (before: number, tell: (begins: number) => Promise<void>) => {
      await tell(31);
      steps.push(['deleted', before]);
      return 31;
    },
  };
  const signing = { signer: signerOf(), installation: 'demo' };
  const room = {
    ...signing,
    sinks: [{ name: 'bucket' }, sink],
    keepMs: 400 * DAY_MS,
    wall: () => 600 * DAY_MS,
  } as never;
  const store = { now: async () => ({ at: 500 * DAY_MS, trusted: true }) };
  const record = async (entry: never) => {
    const { outcome } = entry as { readonly outcome: string };
    const { begins, days, at } =
      readRetention(factsIn(recordOf(entry, () => 'salt').record)?.retention, VERIFIERS) ?? {};
    steps.push([outcome, { begins, days, at }]);
  };
  await retain({ audit: { record }, store } as never, room);
  expect(steps).toEqual([
    ['begun', { begins: 31, days: 400, at: 500 * DAY_MS }],
    ['deleted', 100 * DAY_MS],
    ['done', { begins: 31, days: 400, at: 500 * DAY_MS }],
  ]);
  steps.length = 0;
  const away = async () => {
    throw new Error('away');
  };
  await expect(retain({ audit: { record: away }, store } as never, room)).rejects.toThrow('away');
  expect(steps).toEqual([]);
});

it.each([
  [
    'the store’s clock is ahead: by this computer’s',
    { at: 9_000 * DAY_MS, trusted: true },
    500 * DAY_MS,
    [100 * DAY_MS],
  ],
  [
    'this computer’s clock is ahead: by the store’s',
    { at: 500 * DAY_MS, trusted: true },
    9_000 * DAY_MS,
    [100 * DAY_MS],
  ],
  ['the store’s clock jumped: nothing', { at: 500 * DAY_MS, trusted: false }, 500 * DAY_MS, []],
])('deletes nothing before its time where %s', async (_, now, wall, deleted) => {
  const asked: number[] = [];
  const expire = async (before: number) => void asked.push(before);
  const room = { sinks: [{ name: 'files', expire }], keepMs: 400 * DAY_MS, wall: () => wall } as never;
  await retain({ audit: {}, store: { now: async () => now } } as never, room);
  expect(asked).toEqual(deleted);
});
