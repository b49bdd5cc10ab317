import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { often } from '../setup/lane.ts';
import { ReloadedHouse } from './reloaded-house.ts';
import type { Said } from './reloaded-oracle.ts';

const FIRST: Said = {
  ...{ longest: 120, by: 'grace', engineer: true, env: 'prod', freeze: false },
  ...{ grace: true, kim: true, aws: 'here' },
};

/** Mostly as it was at first, so that something may be opened at all. */
const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const said: fc.Arbitrary<Said> = fc
  .record({
    longest: fc.constantFrom<Said['longest'][]>(30, 60, 120),
    by: fc.constantFrom<Said['by'][]>('grace', 'sam', 'oneOfSecurity', 'twoOfSecurity'),
    engineer: mostly(true, false),
    env: mostly<Said['env']>('prod', 'test'),
    freeze: mostly(false, true),
    grace: mostly(true, false),
    kim: mostly(true, false),
    aws: mostly<Said['aws']>('here', 'elsewhere', 'none'),
  })
  // What names nobody who is there is a faulty file.
  .map((one) => ({ ...one, grace: one.grace || one.by === 'grace', kim: one.kim || one.by === 'twoOfSecurity' }));

interface Act {
  readonly says: string;
  readonly run: (house: ReloadedHouse) => unknown;
}

const named = <T>(says: string, values: fc.Arbitrary<T>, run: (house: ReloadedHouse, value: T) => unknown) =>
  values.map((value): Act => ({ says: `${says} ${JSON.stringify(value)}`, run: (house) => run(house, value) }));
const approvers = ['grace', 'sam', 'kim'] as const;
const allApprove = async (house: ReloadedHouse) => {
  for (const by of approvers) await house.approve(by);
};
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: named('let in', fc.constantFrom(30, 60), async (house, min) => {
      await house.ask(min);
      await allApprove(house);
    }),
  },
  {
    weight: 3,
    arbitrary: named('let in longer', fc.constantFrom(15, 30), async (house, min) => {
      await house.more(min);
      await house.pass(1);
      await allApprove(house);
    }),
  },
  {
    weight: 2,
    arbitrary: named('wait while it is written', said, async (house, one) => {
      await house.ask(60);
      house.write(one);
      await house.pass(6);
    }),
  },
  named('written while the directory is away', said, async (house, one) => {
    house.directory(true);
    house.write(one);
    await house.pass(1);
    house.directory(false);
    await house.pass(3);
  }),
  named('ask', fc.constantFrom(30, 60, 120), (house, min) => house.ask(min)),
  named('approve', fc.constantFrom(...approvers), (house, by) => house.approve(by)),
  named('more', fc.constantFrom(15, 30, 60), (house, min) => house.more(min)),
  { weight: 3, arbitrary: named('write', said, (house, one) => house.write(one)) },
  named('write a fault', fc.constant(''), (house) => house.write(undefined)),
  named('tag', mostly('prod', 'test'), (house, tag) => house.tag(tag)),
  named('the cloud is away', fc.boolean(), (house, isAway) => house.cloud(isAway)),
  named('the directory is away', mostly(false, true), (house, isAway) => house.directory(isAway)),
  named('restart', fc.constant(''), (house) => house.restart()),
  { weight: 4, arbitrary: named('pass', fc.constantFrom(1, 1, 2, 6, 20), (house, minutes) => house.pass(minutes)) },
);

const isSome = (count: number) => count > 0;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

it('a configuration that changes in the middle opens nothing that it forbids, forgets nothing that is open, and leaves nobody untold', async () => {
  const figures: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      const house = await ReloadedHouse.of(FIRST);
      try {
        for (const { run } of acts) await run(house);
        await house.end(FIRST);
        expect(house.wrong, acts.map(({ says }) => says).join('\n')).toEqual([]);
        for (const [name, count] of Object.entries(house.figures)) figures[name] = (figures[name] ?? 0) + count;
      } finally {
        house.stop();
      }
    }),
    { numRuns: often(25, 1_000), seed: often(1, Date.now()) },
  );
  // Something came of it.
  expect(figures).toMatchObject({ opened: expect.toSatisfy(isSome), refused: expect.toSatisfy(isSome) });
}, 600_000);
