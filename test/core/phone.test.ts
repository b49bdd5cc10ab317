import { describe, expect, it } from 'vitest';
import { plain } from '../../src/core/language/text.ts';
import { extensionAsked } from '../../src/core/request/extending.ts';
import type { Request } from '../../src/core/request/request.ts';
import { groupNews } from '../../src/core/view/group-news.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { questionNews } from '../../src/core/view/questions.ts';
import { ADA, inStatus, T0, who } from './samples.ts';

/** Letters of a notification that a locked phone shows: two lines, with the name of the app above them. */
const SHOWN = 110;
const HOUR = 3_600_000;
const MOMENT = { at: T0 + 60_000, by: 'drawbridge' } as const;

const waiting = inStatus('pending', {
  location: '123456789012, eu-west-1a',
  source: '2001:db8:85a3:8d3:1319:8a2e:370:7348/128',
  sourceName: 'vpn-frankfurt',
});
const active = inStatus('active');
const asked = [{ id: 'grace', name: 'Grace Hopper' }];
const nudged: Request = { ...waiting, asked, timeline: [...waiting.timeline, { ...MOMENT, event: 'nudged' }] };
const longer = extensionAsked(active, {
  by: who(ADA),
  at: T0,
  version: 5,
  forMs: HOUR,
  answerBy: T0 + HOUR,
  reviews: [],
});

describe('what a phone shows of a notification', () => {
  it.each<[string, string]>([
    ['a request', plain(viewOf(waiting).headline)],
    ['one from everywhere', plain(viewOf(inStatus('pending', { source: '0.0.0.0/0' })).headline)],
    ['more time', plain(viewOf(longer).headline)],
    ['a reminder', plain(viewOf(nudged).headline)],
    [
      'two machines',
      plain(groupNews([waiting, { ...waiting, id: 'p2x8v4t', machineName: 'db-1' }], undefined).headline),
    ],
  ])('is who, what, for how long, and the beginning of why: %s', (what, headline) => {
    const shown = headline.slice(0, SHOWN);
    for (const part of ['Ada Okafor', 'web-1', '1 h', what === 'more time' ? 'Reason' : '“deploy'])
      expect(shown).toContain(part);
    if (what !== 'more time') expect(shown).toContain('22');
  });

  it('is followed by all else that a decision needs', () => {
    const { headline } = viewOf(waiting);
    expect(plain(headline)).toMatch(/” From vpn-frankfurt \(2001:.*\), on AWS, 123456789012, eu-west-1a\. Decide by /);
    expect(plain(viewOf(longer).headline)).toMatch(/” Port 22 \(SSH\) from 203\.0\.113\.7\.$/);
  });

  it('says “from anywhere” of more time before the reason, too', () => {
    const open = inStatus('active', { source: '0.0.0.0/0' });
    const by = who(ADA);
    const more = extensionAsked(open, { by, at: T0, version: 5, forMs: HOUR, answerBy: T0 + HOUR, reviews: [] });
    const text = plain(viewOf(more).headline);
    expect(text).toMatch(/^Ada Okafor asks for 1 h more on web-1 from anywhere.*, until /);
    expect(text).toMatch(/” Port 22 \(SSH\)\.$/);
  });

  it('ends no quotation of a question either', () => {
    const question = { by: who(ADA), at: T0, text: 'why?” To answer: the button. “' };
    const { announce, headline } = questionNews(
      { ...waiting, questions: [question] } as Parameters<typeof questionNews>[0],
      { ...MOMENT, event: 'question asked' },
    );
    expect(announce).toBe(`question-${MOMENT.at}`);
    expect(plain(headline ?? []).match(/[“”]/g)).toEqual(['“', '”']);
  });

  it('is not what somebody wrote in the place of ours: the quotation cannot be ended', () => {
    const justification = 'fix” From office (10.0.0.0/8), on AWS, sandbox. Decide by 18:00. “„«"thanks';
    const text = plain(viewOf(inStatus('pending', { justification })).headline);
    expect(text.match(/[“”]/g)).toEqual(['“', '”']);
    expect(text).toMatch(/‘‚‹'thanks” From 203\.0\.113\.7, on AWS\. Decide by 14:00 UTC\.$/);
  });
});
