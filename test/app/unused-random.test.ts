import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fieldsOf } from '../../adapters/aws/usage/record.ts';
import { BEFORE_MS, logReader, SETTLED_MS } from '../../adapters/aws/usage/whole.ts';
import { DEFAULT_FORMAT } from '../../simulators/aws/flow-logs.ts';
import { eventsOf, type Mishap, type Traffic } from '../../simulators/aws/flow-traffic.ts';
import type { FlowLog, Interface } from '../../simulators/aws/model.ts';
import { watchUnused } from '../../src/app/loops/unused.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import type { UsageAnswer, UsageAsk } from '../../src/ports/usage.ts';
import { often } from '../setup/lane.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const NEVER = new AbortController().signal;
const HALF = 30 * MINUTE_MS;
const MINE = '203.0.113.7';
const FIELDS = fieldsOf(DEFAULT_FORMAT) ?? [];
/** What comes late is read again after so long, and the loop goes round once a minute. */
const AGAIN_MS = 3 * MINUTE_MS;

type Deed =
  | { readonly do: 'connect' | 'others' | 'extend'; readonly after: number }
  | {
      readonly do: 'skipped' | 'lost' | 'late';
      readonly after: number;
      readonly minutes: number;
      readonly by: number;
      readonly isVisited: boolean;
    };

const after = fc.integer({ min: 0, max: 55 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    do: fc.constantFrom('connect' as const, 'others' as const, 'others' as const, 'extend' as const),
    after,
  }),
  fc.record({
    do: fc.constantFrom('skipped' as const, 'lost' as const, 'late' as const),
    after,
    // A single minute that is lost without a word may go unnoticed (decision 0046).
    minutes: fc.integer({ min: 2, max: 9 }),
    by: fc.integer({ min: 1, max: 40 }),
    isVisited: fc.boolean(),
  }),
);
const history = fc.record({
  eni: fc.integer({ min: 0, max: 1_000 }),
  lag: fc.integer({ min: 0, max: 5 }),
  accesses: fc.array(fc.array(deed, { maxLength: 4 }), { minLength: 1, maxLength: 2 }),
});

/** Somebody connects just when the log is not whole. */
function withVisit(one: Deed): readonly Deed[] {
  return 'by' in one && one.isVisited ? [one, { do: 'connect', after: one.after + 1 }] : [one];
}

/** An interface with a flow log, and what is on the way to it. */
function network({ eni, lag }: { readonly eni: number; readonly lag: number }, now: () => number) {
  const traffic: Traffic[] = [];
  const mishaps: Mishap[] = [];
  const interfaceId = `eni-${String(eni).padStart(8, '0')}`;
  const one = { id: interfaceId, subnetId: 'subnet-1', privateIp: '10.1.0.10', ipv6: [], attachedMs: 0 };
  const log = { createdMs: now() - HOUR_MS, format: DEFAULT_FORMAT, trafficType: 'ALL', intervalS: 60 };
  const used = async ({ source, ports, from, until, now: at }: UsageAsk): Promise<UsageAnswer> => {
    if (at < until + SETTLED_MS) return { is: 'not yet' };
    const events = eventsOf({
      log: log as FlowLog,
      one: one as unknown as Interface,
      account: '123456789012',
      traffic,
      mishaps,
      nowMs: now(),
      lagMs: lag * MINUTE_MS,
      windowMs: MINUTE_MS,
    });
    const lines = [...events].filter(({ timestamp }) => timestamp >= from - BEFORE_MS).map(({ message }) => message);
    const own = new Set(['10.1.0.10']);
    const reader = logReader(FIELDS, { source, ports, from, own, interface: interfaceId });
    const seen = reader.seenIn(lines);
    if (seen !== undefined) return { is: 'seen', at: seen };
    const { is } = reader.wholeness({ from, until });
    if (is === 'gap' || is === 'unread') return { is: 'untold', why: is };
    return is === 'whole' ? { is: 'not seen' } : { is };
  };
  const connect = (from: string, port: number, isAccepted: boolean) => {
    const atMs = now();
    traffic.push({ interfaceId, from, port, protocol: 6, atMs, untilMs: atMs + 2_000, isAccepted });
  };
  const befall = (kind: Mishap['kind'], forMs: number, byMs: number) =>
    void mishaps.push({ interfaceId, kind, fromMs: now(), untilMs: now() + forMs, byMs });
  return { used, connect, befall, mishaps };
}

it('whatever happens to the log, what was used in time is never closed for it, and what was not is, where the log is whole', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ accesses, ...about }) => {
      const { deps, clock, cloud } = world({
        policies: [{ ...POLICY, endUnusedMs: HALF, extendSelfUpToMs: 2 * HOUR_MS }],
      });
      const net = network(about, clock.now);
      Object.assign(cloud, { used: net.used });
      const watch = watchUnused(deps);
      clock.advance(10 * MINUTE_MS);
      for (const [n, given] of accesses.entries()) {
        const deeds = given.flatMap(withVisit);
        const { id } = await submit(deps, ADA, { ...ASK, forMs: 2 * HOUR_MS }, { ...SENDER, key: `k${n}` });
        await decide(deps, GRACE, { request: id, verdict: 'approve' });
        await converge(deps, MACHINE.id, NEVER);
        const openedAt = clock.now();
        const mine: number[] = [];
        let startedAt = openedAt;
        let status = 'active';
        let closedAt: number | undefined;
        for (let minute = 0; minute < 110 && status === 'active'; minute += 1) {
          for (const one of deeds.filter(({ after: at }) => at === minute)) {
            if ('by' in one) net.befall(one.do, one.minutes * MINUTE_MS, one.by * MINUTE_MS);
            else if (one.do === 'connect') {
              net.connect(MINE, 22, true);
              mine.push(clock.now());
            } else if (one.do === 'others') net.connect('198.51.100.9', 443, true);
            else {
              const done = await extend(deps, ADA, id, 10 * MINUTE_MS).then(
                () => true,
                () => false,
              );
              if (done) startedAt = clock.now();
            }
          }
          await watch(NEVER);
          status = (await deps.store.load(id)).request?.status ?? '';
          if (status !== 'active') closedAt = clock.now();
          clock.advance(MINUTE_MS);
        }
        // The oracle knows what happened, and nothing of records.
        const neededBy = startedAt + HALF;
        const wasUsed = mine.some((at) => at >= openedAt && at <= neededBy);
        const isWhole = !net.mishaps.some(({ untilMs }) => untilMs > openedAt - 10 * MINUTE_MS);
        if (wasUsed) expect(closedAt).toBeUndefined();
        if (mine.length === 0 && isWhole) {
          expect(closedAt).toBeDefined();
          expect(closedAt ?? 0).toBeLessThanOrEqual(neededBy + SETTLED_MS + AGAIN_MS);
        }
        clock.advance(3 * HOUR_MS);
        await converge(deps, MACHINE.id, NEVER);
      }
    }),
    { numRuns: often(60, 600), verbose: 0 },
  );
}, 120_000);
