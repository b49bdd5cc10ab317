import { describe, expect, it } from 'vitest';
import { breakGlass } from '../../src/app/glass/break.ts';
import { reviewGlass } from '../../src/app/glass/review.ts';
import { askReviews, reviewLines } from '../../src/app/glass/reviews.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { submit } from '../../src/app/request/submit.ts';
import { plain } from '../../src/core/language/text.ts';
import type { BreakGlass } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { entriesOf } from './audited.ts';
import { ADA, GRACE, MACHINE, SENDER } from './fixtures.ts';
import { GLASS_ASK, glassWorld, LIN, SAM } from './glass-fixtures.ts';

const NEVER = new AbortController().signal;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Access of Ada's that was broken, open, and is over. */
async function over(patch: Partial<BreakGlass['review']> = {}) {
  const here = glassWorld(patch);
  const { id } = await here.broken();
  const look = () => converge(here.deps, MACHINE.id, NEVER);
  await look();
  const load = async () => {
    const { request } = await here.deps.store.load(id);
    if (!request) throw new Error('it is gone');
    return request;
  };
  const end = async () => {
    here.clock.advance(HOUR);
    for (let i = 0; i < 3; i += 1) await look();
  };
  const ask = (of = here.deps) => askReviews(of, NEVER);
  const says = async (person = LIN) => (await reviewLines(here.deps, person)).map(plain).join('\n');
  return { ...here, id, load, end, ask, says };
}

describe('the review of broken glass', () => {
  it('is asked for once it is over, of those whom the rule names, and is done with words', async () => {
    const { deps, id, load, end, ask, audit } = await over();
    expect(await ask()).toBe(0);
    await end();
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(0);
    const asked = await load();
    expect(asked).toMatchObject({ status: 'ended', asked: [{ id: 'lin' }] });
    expect(asked.places).toContainEqual({ chat: 'slack', kind: 'private', id: 'U3' });
    const view = viewOf(asked);
    expect(view.buttons.map(({ verb }) => verb)).toEqual(['right', 'wrong']);
    expect(plain(view.headline)).toMatch(
      /^Review: Ada’s break-glass access to api-1 is over \(time is up; closed, proven .*Was it right\?/,
    );
    expect(view.facts.map(({ label, value }) => `${label}: ${plain(value)}`)).toContain(
      'What happened: Broken 12:00 UTC, open 12:00 UTC, over 13:00 UTC, read back 13:00 UTC',
    );
    await reviewGlass(deps, LIN, { request: id, verdict: 'wrong', words: 'the shop was up' });
    const done = viewOf(await load());
    expect(done.buttons).toEqual([]);
    expect(plain(done.headline)).toBe(
      'Ada’s break-glass access to api-1 was reviewed by Lin: it was wrong. “the shop was up”',
    );
    expect(done.remarks).toEqual([{ by: { person: 'lin', name: 'Lin' }, text: 'the shop was up' }]);
    expect(await ask()).toBe(0);
    expect(entriesOf(audit).slice(-2)).toMatchObject([
      { event: 'review asked', as: 'program' },
      { event: 'was wrong', as: 'reviewer', by: 'lin', people: { lin: { words: 'the shop was up' } } },
    ]);
  });

  it('is done by somebody else, by whom the rule names, once, after the end, with words', async () => {
    const { deps, id, end } = await over();
    const review = (person = LIN, words: string | undefined = 'fine') =>
      reviewGlass(deps, person, { request: id, verdict: 'right', words });
    await expect(review()).rejects.toMatchObject({ code: 'notOverYet' });
    await end();
    await expect(review(ADA)).rejects.toMatchObject({ code: 'ownReview' });
    await expect(review(GRACE)).rejects.toMatchObject({ code: 'notReviewer' });
    await expect(review(SAM)).rejects.toMatchObject({ code: 'notReviewer' });
    await expect(review(LIN, ' ')).rejects.toMatchObject({ code: 'missingReviewWords' });
    await review();
    await review();
    const again = reviewGlass(deps, LIN, { request: id, verdict: 'wrong', words: 'no' });
    await expect(again).rejects.toMatchObject({ code: 'alreadyReviewed' });
    await expect(reviewGlass(deps, LIN, { request: 'k7m3q9w', verdict: 'right', words: 'x' })).rejects.toMatchObject({
      code: 'unknownRequest',
    });
  });

  it('is of nothing else', async () => {
    const { deps } = glassWorld();
    const { id } = await submit(deps, ADA, ASK, SENDER);
    const review = reviewGlass(deps, LIN, { request: id, verdict: 'right', words: 'fine' });
    await expect(review).rejects.toMatchObject({ code: 'notReviewable' });
  });

  it('is never done by whoever broke it, though the rule names them', async () => {
    const { deps, id, end, ask, load } = await over({ by: ['person:ada', 'person:grace'] });
    await end();
    await ask();
    expect((await load()).asked).toEqual([{ id: 'grace', name: 'Grace' }]);
    await expect(reviewGlass(deps, ADA, { request: id, verdict: 'right', words: 'fine' })).rejects.toMatchObject({
      code: 'ownReview',
    });
  });

  it('is reminded of, then overdue and asked of others as well, then every day, until it is done', async () => {
    const { deps, id, load, end, ask, clock } = await over({ later: ['person:sam'] });
    await end();
    const told: string[] = [];
    for (let hours = 0; hours < 7 * 24; hours += 1) {
      if ((await ask()) > 0) told.push(`${hours} ${(await load()).timeline.at(-1)?.event}`);
      clock.advance(HOUR);
    }
    expect(told).toEqual([
      '0 review asked',
      '36 review reminded',
      '72 review overdue',
      '96 review reminded',
      '120 review reminded',
      '144 review reminded',
    ]);
    const late = await load();
    expect(late.asked.map((one) => one.id)).toEqual(['lin', 'sam']);
    expect(plain(viewOf(late).headline)).toMatch(/^REVIEW OVERDUE: /);
    await reviewGlass(deps, SAM, { request: id, verdict: 'right', words: 'the outage was real' });
    clock.advance(DAY);
    expect(await ask()).toBe(0);
  });

  it('is asked for once after a long pause', async () => {
    const { load, end, ask, clock } = await over();
    await end();
    clock.advance(30 * DAY);
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(1);
    expect(await ask()).toBe(0);
    expect((await load()).timeline.at(-1)?.event).toBe('review overdue');
  });

  it('is listed for whoever does it, whoever owes it, and security', async () => {
    const { id, end, says } = await over();
    expect(await says()).toBe(`\`${id}\`  api-1, Ada: not over yet, review due by 13:00 UTC`);
    await end();
    expect(await says()).toContain(`\`/jit review ${id} right because <words>\``);
    expect(await says(ADA)).toBe(`\`${id}\`  api-1, Ada: review due by 13:00 UTC`);
    expect(await says(SAM)).toContain(id);
    expect(await says(GRACE)).toBe('No review is owed by you or for you.');
  });

  it('falls to security where the rule is gone', async () => {
    const { deps, id, end } = await over();
    await end();
    const later = { ...deps, rules: { ...deps.rules, breakGlass: [] } };
    await reviewGlass(later, SAM, { request: id, verdict: 'right', words: 'fine' });
  });

  it.each([
    [true, 'reviewOverdue'],
    [false, undefined],
  ])('that is overdue keeps its person from breaking glass where the rule says so: %s', async (isBar, code) => {
    const { deps, id, end, clock } = await over({ isBar });
    const again = () =>
      breakGlass(deps, ADA, GLASS_ASK, { ...SENDER, key: 'again' }).then(
        () => undefined,
        (error: { readonly code: string }) => error.code,
      );
    await end();
    expect(await again()).toBeUndefined();
    clock.advance(4 * DAY);
    expect(await again()).toBe(code);
    await reviewGlass(deps, LIN, { request: id, verdict: 'right', words: 'fine' });
    expect(await again()).toBeUndefined();
  });

  it('holds up no other where one cannot be asked for', async () => {
    const { deps, end, ask, log } = await over();
    await end();
    const { save } = deps.store;
    deps.store.save = () => Promise.reject(new Error('away'));
    expect(await ask()).toBe(0);
    expect(log).toContain('nobody could be asked for a review; it is tried again');
    deps.store.save = save;
    expect(await ask()).toBe(1);
  });
});
