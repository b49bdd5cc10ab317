import { judge } from '../../src/core/policy/judge.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { ratio } from '../spread.ts';
import { policiesFor, wishesFor } from './data.ts';
import { plainly } from './plain.ts';

const POLICIES = 1_000;
const WISHES = 20_000;
const ROUNDS = 5;
const MOST = 4;

/** A thousand policies judge a million requests, beside the plainest loop over the same data. */
export async function measurePolicy({ quick }: Effort): Promise<Measurement> {
  const asks = quick ? 20_000 : 1_000_000;
  const rounds = quick ? 3 : ROUNDS;
  const policies = policiesFor(POLICIES);
  const wishes = wishesFor(WISHES);
  const passes = {
    ours: (wish: (typeof wishes)[number]) => judge(policies, wish).against.length === 0,
    plain: (wish: (typeof wishes)[number]) => plainly(policies, wish),
  };
  const [ours, plain]: [number[], number[]] = [[], []];
  const passed = { ours: 0, plain: 0 };
  const each = Math.ceil(asks / rounds);
  for (let round = 0; round < rounds; round += 1)
    for (const side of ['ours', 'plain'] as const) {
      const from = performance.now();
      for (let i = 0; i < each; i += 1) {
        const wish = wishes[(round * each + i) % WISHES];
        if (wish && passes[side](wish)) passed[side] += 1;
      }
      (side === 'ours' ? ours : plain).push(((performance.now() - from) * 1_000) / each);
    }
  if (passed.ours !== passed.plain) throw new Error(`they differ: ${passed.ours} and ${passed.plain} pass`);
  return {
    title: 'A thousand policies and a million requests',
    how:
      `${POLICIES.toLocaleString('en-US')} policies, each for a group, tags, now and then names, and ports; ${asks.toLocaleString('en-US')} requests, of ${WISHES.toLocaleString('en-US')} different ones, ` +
      'judged one after the other by the judgement of the program. The plain loop looks for the first policy that fits, and compares the time. Both let the same through.',
    rows: [
      { what: 'Drawbridge, each request', unit: 'µs', values: ours },
      { what: 'the plain loop, each request', unit: 'µs', values: plain },
    ],
    goals: [
      {
        what: 'each request ÷ the plain loop’s',
        ...ratio(ours, plain),
        most: MOST,
        unit: '×',
        cost: 'Every policy is looked at, not only those before the first that fits: a refusal names the ports that could be requested.',
      },
    ],
    notes: [`${((100 * passed.ours) / (each * rounds)).toFixed(1)}% of the requests pass.`],
  };
}
