import { describe, expect, it } from 'vitest';
import { type Code, ERRORS, JitError, sayOf, type Words } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';

const codes = Object.keys(ERRORS) as Code[];

describe('the table of errors', () => {
  it.each(codes)('%s: whole sentences, and a hint that says what to do', (code) => {
    const { say, hint } = ERRORS[code];
    expect(say).toMatch(/^[A-Z“{].*[.?:]$/s);
    expect(hint).toMatch(/^[A-Z`{].*[.`}]$/s);
    expect(`${say} ${hint}`).not.toMatch(/\b(?:I|we|our|us)\b/);
    expect(`${say}${hint}`.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
  });
});

describe('a JitError', () => {
  it('fills in what it was given, once', () => {
    const error = new JitError('policySource', { source: '{policy}', policy: 'p', widest: '/32' });
    expect(error).toMatchObject({
      name: 'JitError',
      code: 'policySource',
      kind: 'denied',
      say: '{policy} is too wide: policy p allows /32 or narrower.',
      hint: 'Request from a narrower prefix, ideally your own IP address.',
      message: 'policySource: {policy} is too wide: policy p allows /32 or narrower.',
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('may have further reasons behind it, and tells each with what to do', () => {
    const first = new JitError('ownRequest', {}, { retryAfterMs: 5 });
    expect(first.with([])).toBe(first);
    const all = first.with([new JitError('tooLate')]);
    expect(all).toBeInstanceOf(JitError);
    expect(all).toMatchObject({ code: 'ownRequest', kind: 'denied', retryAfterMs: 5, others: [{ code: 'tooLate' }] });
    expect(sayOf(all, 'r1').text).toBe(
      'You cannot decide your own request. Someone else has to; you can withdraw it. Too late: this access has ended. Request access again.',
    );
    expect(first.others).toEqual([]);
  });

  it('leaves a visible gap where it was given nothing', () => {
    expect(new JitError('chatSilent', {} as Words<'chatSilent'>).say).toBe('… did not respond.');
  });

  it('does not compile without the words of its texts, or with others', () => {
    // Each line below is an error of the compiler; where it were none, the comment above it would be one.
    const wrong = [
      // @ts-expect-error: no words
      () => new JitError('chatSilent'),
      // @ts-expect-error: a word of the hint is missing
      () => new JitError('tooShort', { asked: '1m' }),
      // @ts-expect-error: one word too many
      () => new JitError('chatSilent', { chat: 'Slack', code: 'x' }),
      // @ts-expect-error: this text takes none
      () => new JitError('stale', { machine: 'web-1' }),
      // @ts-expect-error: the second code takes one more
      (is: boolean) => new JitError(is ? 'chatSilent' : 'chatRefused', { chat: 'Slack' }),
      // @ts-expect-error: no such code
      () => new JitError('noSuchCode'),
    ];
    expect(wrong).toHaveLength(6);
  });

  it('turns no letters round where a name came from a tag, for a person and in any language', () => {
    const error = new JitError('noPolicy', { machine: 'web\u202e1-bd\u2066\u200f' });
    for (const text of [error.text, error.message, plain(error.spans)]) {
      expect(text).toContain('web1-bd');
      expect(text).not.toMatch(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }
  });

  it('takes numbers', () => {
    const { say } = new JitError('ambiguousMachine', { typed: 'web', count: 2, names: 'web-1, web-2' });
    expect(say).toBe('“web” matches 2 machines: web-1, web-2.');
  });

  it('keeps its cause and when to try again', () => {
    const cause = new Error('socket hang up');
    const error = new JitError('cloudBusy', { cloud: 'AWS' }, { cause, retryAfterMs: 2_000 });
    expect(error.cause).toBe(cause);
    expect(error.retryAfterMs).toBe(2_000);
    expect(new JitError('stale').retryAfterMs).toBeUndefined();
  });
});

describe('what a person is told', () => {
  it('is what it says and what to do', () => {
    expect(sayOf(new JitError('missingReason'), 'r1')).toMatchObject({
      code: 'missingReason',
      text: 'A justification is required. Add `because <reason>`; approvers will see it.',
    });
    expect(sayOf(new JitError('cloudBusy', { cloud: 'AWS' }), 'r1').text).toBe('AWS is busy. Try again in a minute.');
  });

  it.each<[string, AbortSignal]>([
    ['whose time was over', AbortSignal.timeout(0)],
    ['that was told to stop', AbortSignal.abort()],
    ['as a worker stops it', AbortSignal.abort(new DOMException('Drawbridge is stopping', 'AbortError'))],
  ])('of what was given up %s says so, and what to do', async (_, signal) => {
    await expect.poll(() => signal.aborted).toBe(true);
    expect(sayOf(signal.reason, 'r1')).toMatchObject({
      code: 'gaveUp',
      text: 'Drawbridge gave this up: it took too long, or Drawbridge is being stopped. Look at `/jit list` to see what came of it, and try again.',
    });
  });

  it.each<[string, unknown]>([
    ['an exception', new Error('connect ECONNREFUSED 10.0.0.1:6379')],
    ['a text', 'secret'],
    ['nothing', undefined],
    ['something that looks like one of ours', { code: 'stale', say: 'secret', name: 'JitError' }],
  ])('never holds the text of %s', (_, error) => {
    expect(sayOf(error, 'r1')).toMatchObject({
      code: 'bug',
      text: 'Something went wrong inside Drawbridge (reference r1). Try again. If it keeps happening, give this reference to your Drawbridge administrator.',
    });
  });
});
