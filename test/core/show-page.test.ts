import { expect, it } from 'vitest';
import { reportOf } from '../../adapters/slack/report.ts';
import { reportCard } from '../../adapters/teams/report.ts';
import { ENGLISH } from '../../src/core/language/text.ts';
import type { Request } from '../../src/core/request/request.ts';
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
