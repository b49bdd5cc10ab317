import { describe, expect, it } from 'vitest';
import { type Code, ERRORS, JitError, sayOf } from '../../src/core/errors/errors.ts';
import { readSources } from '../architecture/sources.ts';
import { raised } from './raised.ts';

const codes = Object.keys(ERRORS) as Code[];
const holes = (code: Code) => {
  const { say, hint = '' }: { readonly say: string; readonly hint?: string } = ERRORS[code];
  return [...`${say} ${hint}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
};

describe('the table of errors', () => {
  it.each(codes)('%s: whole sentences, and a hint that says what to do', (code) => {
    const { kind, say, hint }: { readonly kind: string; readonly say: string; readonly hint?: string } = ERRORS[code];
    expect(say).toMatch(/^[A-Z“{].*[.?]$/s);
    if (hint !== undefined) expect(hint).toMatch(/^(?:[A-Z`{]|drawbridge\.yaml ).*[.`}]$/s);
    // Nothing to do: we try again by ourselves, or it is no person who gets this.
    else expect(['busy', 'unauthentic']).toContain(kind);
    expect(`${say}${hint ?? ''}`.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
  });

  const found = readSources(['src', 'adapters']).flatMap(({ file, text }) => raised(file, text));

  it('is found wherever it is raised', () => {
    const text = "const z = { d: 2 };\nthrow new JitError('stale', { a, b: f({ c: 1 }, 'x,y)'), ...z }, { cause });";
    expect(raised('x.ts', text)).toEqual([{ where: 'x.ts:2', code: 'stale', words: ['a', 'b', 'd'] }]);
    expect(raised('x.ts', "new JitError(a ? 'tooLate' : 'bug', a ? { b: 1 } : { c })")).toEqual([
      { where: 'x.ts:1', code: 'tooLate', words: ['b', 'c'] },
      { where: 'x.ts:1', code: 'bug', words: ['b', 'c'] },
    ]);
  });

  it('is raised by code alone, so that the words stand in one place', () => {
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ code }) => !codes.includes(code as Code))).toEqual([]);
  });

  it('has each of its blanks filled wherever it is raised', () => {
    const left = found.flatMap(({ where, code, words }) =>
      holes(code as Code)
        .filter((hole) => !words.includes(hole))
        .map((hole) => `${where}: ${code} lacks {${hole}}`),
    );
    expect(left).toEqual([]);
  });
});

describe('a JitError', () => {
  it('fills in what it was given, once', () => {
    const error = new JitError('policySource', { source: '{policy}', policy: 'p', widest: '/32' });
    expect(error).toMatchObject({
      name: 'JitError',
      code: 'policySource',
      kind: 'denied',
      say: '{policy} is too wide: policy p allows at most /32.',
      hint: 'Ask from a narrower prefix, best your own address.',
      message: 'policySource: {policy} is too wide: policy p allows at most /32.',
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('leaves a visible gap where it was given nothing', () => {
    expect(new JitError('chatSilent').say).toBe('… did not answer; trying again.');
  });

  it('takes numbers', () => {
    const { say } = new JitError('ambiguousMachine', { typed: 'web', count: 2, names: 'web-1, web-2' });
    expect(say).toBe('“web” could be 2 machines: web-1, web-2.');
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
    expect(sayOf(new JitError('missingReason'), 'r1')).toEqual({
      code: 'missingReason',
      text: 'Why is it needed? Add `because <reason>`; the approver sees it.',
    });
    expect(sayOf(new JitError('cloudBusy', { cloud: 'AWS' }), 'r1').text).toBe('AWS is busy; trying again.');
  });

  it.each<[string, unknown]>([
    ['an exception', new Error('connect ECONNREFUSED 10.0.0.1:6379')],
    ['a text', 'secret'],
    ['nothing', undefined],
    ['something that looks like one of ours', { code: 'stale', say: 'secret', name: 'JitError' }],
  ])('never holds the text of %s', (_, error) => {
    expect(sayOf(error, 'r1')).toEqual({
      code: 'bug',
      text: 'Something went wrong on our side (reference r1). Try again; if it stays, give this reference to whoever runs Drawbridge.',
    });
  });
});
