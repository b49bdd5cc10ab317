import { expect, it } from 'vitest';
import { reportOf } from '../../adapters/slack/report.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import { ENGLISH } from '../../src/core/language/text.ts';
import type { Request } from '../../src/core/request/request.ts';
import { closeAllReport } from '../../src/core/view/close-all-page.ts';
import { showPage } from '../../src/core/view/show-page.ts';
import { inStatus, T0 } from './samples.ts';

/** A request to which so much happened, as one that was asked about, reminded of, and routed again and again. */
function eventful(count: number): Request {
  const timeline = Array.from({ length: count }, (_, i) => ({
    at: T0 + i,
    event: 'nudged',
    by: 'ada',
    text: `event ${i}.`,
  }));
  return { ...inStatus('active'), timeline };
}

const CHATS = {
  slack: (request: Request) =>
    JSON.stringify(reportOf(showPage(request, new Map()), { slackIdOf: () => undefined, tongue: ENGLISH }).blocks),
  teams: (request: Request) => JSON.stringify(reportCard(showPage(request, new Map())).body),
};

it.each(Object.entries(CHATS))(
  '%s shows the newest of what happened to a request, and says how much was before',
  (_, shown) => {
    const text = shown(eventful(27));
    for (let i = 7; i < 27; i += 1) expect(text).toContain(`event ${i}.`);
    expect(text).toContain('… and 7 before.');
    expect(shown(eventful(20))).not.toContain('before.');
  },
);

it.each(['slack', 'teams'] as const)('%s says of how much more is open than the page of “close all” names', (chat) => {
  const access = Array.from({ length: 25 }, (_, i) => [`access ${i}.`]);
  const page = closeAllReport(
    { access, lost: [], waiting: 0 },
    { count: 25, code: 'abc', again: false, reason: undefined },
  );
  const reader = { slackIdOf: () => undefined, tongue: ENGLISH };
  const text = JSON.stringify(chat === 'slack' ? reportOf(page, reader).blocks : reportCard(page).body);
  const named = text.match(/access \d+\./g) ?? [];
  const counted = [...text.matchAll(/… and (\d+) more/g)].map(([, count]) => Number(count));
  expect(named.length + counted.reduce((sum, count) => sum + count, 0)).toBe(25);
});
