import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Desired, plan } from '../../src/core/rule/plan.ts';
import { type MarkedRule, type Observed, type Placement, placementKey } from '../../src/core/rule/rule.ts';
import { placementOf } from '../conformance/fixtures.ts';
import { often } from '../setup/lane.ts';
import { inStatus, T0 } from './samples.ts';

const base = placementOf(inStatus('active'));
/** The nth spot, as it is known before anything was written there. */
const spot = (n: number): Placement => ({ ...base, rule: { ...base.rule, source: `203.0.113.${n}/32` } });
const written = (n: number): Placement => ({ ...spot(n), id: `sgr-${n}` });
const observed = (...ours: readonly MarkedRule[]): Observed => ({ ours, others: [], effective: [] });

const LATER = T0 + 60_000;
const EARLIER = T0 - 60_000;

/** What may stand at a spot. */
const SEEN: Readonly<Record<string, Omit<MarkedRule, 'placement'> | undefined>> = {
  nothing: undefined,
  right: { mark: 'valid', until: T0 },
  'too early': { mark: 'valid', until: EARLIER },
  'too late': { mark: 'valid', until: LATER },
  'no end': { mark: 'valid' },
  unmarked: { mark: 'missing' },
  forged: { mark: 'wrong', until: T0 },
  'right, fixed': { mark: 'valid', until: T0, fixedEnd: true },
  'too early, fixed': { mark: 'valid', until: EARLIER, fixedEnd: true },
  'too late, fixed': { mark: 'valid', until: LATER, fixedEnd: true },
  'forged, too late, fixed': { mark: 'wrong', until: LATER, fixedEnd: true },
};

describe('the plan for one spot', () => {
  it.each([
    // seen there             wanted    retiring          neither
    ['nothing', 'open', 'close retiring', ''],
    ['right', 'leave', 'close retiring', ''],
    ['too early', 'remark', 'close retiring', ''],
    ['too late', 'remark', 'close retiring', ''],
    ['no end', 'remark', 'close retiring', ''],
    ['unmarked', 'remark', 'close retiring', 'close unmarked'],
    ['forged', 'remark', 'close retiring', 'close unmarked'],
    ['right, fixed', 'leave', 'close retiring', ''],
    ['too early, fixed', 'remark', 'close retiring', ''],
    ['too late, fixed', 'leave', 'close retiring', ''],
    ['forged, too late, fixed', 'remark', 'close retiring', 'close unmarked'],
  ])('with %s there: wanted %s, retiring %s, neither “%s”', (seen, wanted, retiring, neither) => {
    const rule = SEEN[seen];
    const read = rule ? observed({ placement: written(1), ...rule }) : observed();
    const desired = [{ placement: spot(1), until: T0 }];
    const verbs = (steps: ReturnType<typeof plan>) =>
      steps.map((step) => (step.verb === 'close' ? `close ${step.why}` : step.verb)).join(', ');
    expect(verbs(plan(desired, read, []))).toBe(wanted);
    expect(verbs(plan(desired, read, [spot(1)]))).toBe(wanted);
    expect(verbs(plan([], read, [spot(1)]))).toBe(retiring);
    expect(verbs(plan([], read, []))).toBe(neither);
  });

  it('writes who wants it anew where the cloud names others, and only where it names any', () => {
    const there = (requests?: readonly string[]) =>
      observed({ placement: written(1), mark: 'valid', until: T0, ...(requests ? { requests } : {}) });
    const verb = (wanted: readonly string[], requests?: readonly string[]) =>
      plan([{ placement: spot(1), until: T0, requests: wanted }], there(requests), [])[0]?.verb;
    expect(verb(['a', 'b'], ['b', 'a'])).toBe('leave');
    expect(verb(['a', 'b'], ['a'])).toBe('remark');
    expect(verb(['a'], ['a', 'b'])).toBe('remark');
    expect(verb(['a', 'b'])).toBe('leave');
  });

  it('carries what is needed to carry it out', () => {
    const late = { placement: written(1), mark: 'valid', until: LATER } as const;
    expect(plan([{ placement: spot(1), until: T0 }], observed(), [])).toEqual([
      { verb: 'open', placement: spot(1), until: T0 },
    ]);
    expect(plan([{ placement: spot(1), until: T0 }], observed(late), [])).toEqual([
      { verb: 'remark', placement: written(1), until: T0 },
    ]);
    expect(plan([{ placement: spot(1), until: LATER }], observed(late), [])).toEqual([
      { verb: 'leave', placement: written(1) },
    ]);
    expect(plan([], observed(late), [spot(1)])).toEqual([{ verb: 'close', placement: written(1), why: 'retiring' }]);
    expect(plan([], observed({ ...late, mark: 'wrong' }), [])).toEqual([
      { verb: 'close', placement: written(1), why: 'unmarked' },
    ]);
  });

  it('closes by the id that was recorded when the read shows another', () => {
    const recorded = { ...spot(1), id: 'sgr-recorded' };
    const [step] = plan([], observed({ placement: written(1), mark: 'valid', until: T0 }), [recorded]);
    expect(step?.placement.id).toBe('sgr-recorded');
  });
});

describe('the plan', () => {
  it('closes before it opens', () => {
    const steps = plan([{ placement: spot(1), until: T0 }], observed({ placement: written(2), mark: 'missing' }), [
      spot(3),
    ]);
    expect(steps.map(({ verb }) => verb)).toEqual(['close', 'close', 'open']);
  });

  it('closes a spot once, though several leases retire there', () => {
    expect(plan([], observed({ placement: written(1), mark: 'wrong' }), [spot(1), written(1)])).toHaveLength(1);
  });

  it('keeps apart spots that differ in one thing', () => {
    const udp: Placement = { ...spot(1), rule: { ...spot(1).rule, port: { number: 22, protocol: 'udp' } } };
    const steps = plan([{ placement: udp, until: T0 }], observed({ placement: written(1), mark: 'valid', until: T0 }), [
      spot(1),
    ]);
    expect(steps.map(({ verb }) => verb)).toEqual(['close', 'open']);
  });
});

type Rule = Omit<MarkedRule, 'placement'>;
type Cloud = ReadonlyMap<string, Rule>;

const anyRule: fc.Arbitrary<Rule> = fc.constantFrom(...Object.values(SEEN).filter((rule) => rule !== undefined));
/** A spot: what truly stands there, whether the read shows it, and what the leases make of it. */
const anySpot = fc.record({
  truth: fc.option(anyRule, { nil: undefined }),
  /** A read after a write may be stale: here it misses what is there. */
  missed: fc.boolean(),
  /** … and here it shows what is gone. */
  ghost: anyRule,
  ghostly: fc.boolean(),
  until: fc.option(fc.constantFrom(EARLIER, T0, LATER), { nil: undefined }),
  retiring: fc.boolean(),
});
const anySpots = fc.array(anySpot, { maxLength: 6 });
type Spot = typeof anySpot extends fc.Arbitrary<infer T> ? T : never;

function carriedOut(cloud: Cloud, steps: ReturnType<typeof plan>): Cloud {
  const after = new Map(cloud);
  for (const step of steps) {
    const key = placementKey(step.placement);
    if (step.verb === 'close') after.delete(key);
    else if (step.verb !== 'leave') after.set(key, { mark: 'valid', until: step.until });
  }
  return after;
}

function stage(spots: readonly Spot[], seen: (spot: Spot) => Rule | undefined) {
  const numbered = spots.map((spot, n) => ({ ...spot, placement: written(n), key: placementKey(written(n)) }));
  const desired = numbered.flatMap(({ placement, until }): Desired[] =>
    until === undefined ? [] : [{ placement, until }],
  );
  const retiring = numbered.flatMap(({ placement, retiring: leaving }) => (leaving ? [placement] : []));
  const read = observed(
    ...numbered.flatMap((one) => {
      const rule = seen(one);
      return rule ? [{ placement: one.placement, ...rule }] : [];
    }),
  );
  const before: Cloud = new Map(numbered.flatMap(({ key, truth }) => (truth ? [[key, truth] as const] : [])));
  return { numbered, before, steps: plan(desired, read, retiring) };
}

describe('a cloud after its plan was carried out', () => {
  it('holds what is desired with its end, what is not ours to judge, and nothing else', () => {
    fc.assert(
      fc.property(anySpots, (spots) => {
        const { numbered, before, steps } = stage(spots, ({ truth }) => truth);
        const after = carriedOut(before, steps);
        for (const { key, truth, until, retiring } of numbered) {
          const rule = after.get(key);
          if (until !== undefined) {
            const late = truth?.fixedEnd === true && truth.mark === 'valid' && (truth.until ?? 0) > until;
            expect(rule?.mark).toBe('valid');
            expect(rule?.until).toBe(late ? truth?.until : until);
          } else if (retiring || truth?.mark !== 'valid') expect(rule).toBeUndefined();
          else expect(rule).toBe(truth);
        }
      }),
      { numRuns: often(500, 20_000) },
    );
  });

  it('holds nothing that is retiring, however stale the read was', () => {
    fc.assert(
      fc.property(anySpots, (spots) => {
        const { numbered, before, steps } = stage(spots, (spot) => {
          if (spot.truth === undefined) return spot.ghostly ? spot.ghost : undefined;
          return spot.missed ? undefined : spot.truth;
        });
        const after = carriedOut(before, steps);
        for (const { key, until, retiring } of numbered)
          if (retiring && until === undefined) expect(after.has(key)).toBe(false);
      }),
      { numRuns: often(500, 20_000) },
    );
  });

  it('holds all that is desired, when the read missed some of it', () => {
    fc.assert(
      fc.property(anySpots, (spots) => {
        const { numbered, before, steps } = stage(spots, ({ truth, missed }) => (missed ? undefined : truth));
        const after = carriedOut(before, steps);
        for (const { key, until } of numbered)
          if (until !== undefined) expect(after.get(key)).toMatchObject({ mark: 'valid', until: expect.any(Number) });
      }),
    );
  });

  it('needs nothing more', () => {
    fc.assert(
      fc.property(anySpots, (spots) => {
        const first = stage(spots, ({ truth }) => truth);
        const after = carriedOut(first.before, first.steps);
        const left = first.numbered.map((spot) => ({ ...spot, truth: after.get(spot.key), retiring: false }));
        const again = stage(left, ({ truth }) => truth);
        expect(again.steps.filter(({ verb }) => verb !== 'leave')).toEqual([]);
      }),
    );
  });
});
