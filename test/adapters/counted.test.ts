import { expect, it } from 'vitest';
import { reportOf } from '../../adapters/slack/report.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import { closeAll } from '../../src/app/inbox/close-all.ts';
import { compare } from '../../src/app/loops/compare.ts';
import { leftReport } from '../../src/app/loops/left.ts';
import { submit } from '../../src/app/request/submit.ts';
import { ENGLISH } from '../../src/core/language/text.ts';
import type { Report } from '../../src/core/view/report.ts';
import { ASK } from '../app/approved.ts';
import { ADA, GRACE, placement, SENDER, world } from '../app/fixtures.ts';

const ALL = 45;
const LIN = { id: 'lin', name: 'Lin', slack: 'U3', groups: ['security'] };
const never = new AbortController().signal;
const placements = Array.from({ length: ALL }, (_, i) => placement(`198.51.100.${i}/32`));

/** What a message shows: so many that it names, and how many more there are. */
const chats: readonly [string, (report: Report) => string][] = [
  ['Slack', (report) => JSON.stringify(reportOf(report, { slackIdOf: () => undefined, tongue: ENGLISH }).blocks)],
  ['Teams', (report) => JSON.stringify((reportCard(report) as { readonly body: unknown }).body)],
];

/** Names as many as there is room for, and says truly how many more there are. */
function expectAllOf(report: Report, named: RegExp) {
  for (const [chat, shownIn] of chats) {
    const shown = shownIn(report);
    const names = shown.match(named)?.length ?? 0;
    const more = [...shown.matchAll(/… and (\d+) more/g)].map(([, count]) => Number(count));
    expect([chat, names > 8, names + more.reduce((sum, count) => sum + count, 0)]).toEqual([chat, true, ALL]);
  }
}

it('rules that were closed without their records are all counted', () => {
  expectAllOf(leftReport(placements), /22 from 198\.51\.100\.\d+/g);
});

it('rules without a record are all counted before everything is closed', async () => {
  const { deps, clock } = world({ people: [ADA, GRACE, LIN] });
  const until = clock.now() + 3_600_000;
  const rules = placements.map((one) => ({ placement: one, until }));
  await deps.store.keepStrays({ isWhole: true, rules, count: ALL });
  const secure = { ...deps, rules: { ...deps.rules, security: ['group:security'] as const } };
  const shown = await closeAll(secure, LIN, {});
  if (!('page' in shown)) throw new Error('nothing was shown');
  expectAllOf(shown.page, /22 from 198\.51\.100\.\d+/g);
});

it('requests that are not relied on any more are all counted', async () => {
  const { deps, chat } = world({ people: [ADA, GRACE] });
  const { doubt, snapshot } = deps.store as unknown as Record<'doubt' | 'snapshot', () => () => void>;
  const told: Report[] = [];
  const tell = async (report: Report) => void told.push(report);
  for (let i = 0; i < ALL; i += 1)
    await submit(deps, ADA, { ...ASK, source: `198.51.100.${i}/32` }, { ...SENDER, key: `k${i}` });
  const restore = snapshot.call(deps.store);
  await submit(deps, ADA, { ...ASK, source: '203.0.113.9/32' }, { ...SENDER, key: 'lost' });
  restore();
  doubt.call(deps.store);
  await compare({ ...deps, chats: new Map([['slack' as const, Object.assign(chat, { tell })]]) }, never);
  const [report] = told;
  if (!report) throw new Error('nobody was told');
  expectAllOf(report, /requested by Ada/g);
});
