import { describe, expect, it } from 'vitest';
import { readSources } from './sources.ts';

const tests = readSources(['test']).filter(
  ({ file }) => file.endsWith('.test.ts') && file !== 'test/architecture/skips.test.ts',
);

/** Where a test is left out, expected to fail, or run alone. */
function asides(text: string): readonly string[] {
  const code = text.replace(/^\s*(?:\/\/|\*).*$/gm, '');
  return PATTERNS.flatMap((pattern) => [...code.matchAll(pattern)].map(([one]) => one.trim()));
}

const PATTERNS = [
  /\b(?:it|test|describe|suite)\b[^\s;{]*?\.(?:only|skip|todo|fails|skipIf|runIf)\b(?:\(\w+\))?/g,
  // By what a test is given: `ctx.skip()`, or `skip()` taken out of it.
  /(?<!\b(?:it|test|describe|suite)\b[^\s;{]*)(?<![\w$])skip\(/g,
  /\b(?:xit|xtest|xdescribe|fit|fdescribe)\(/g,
];

describe('the tests', () => {
  it('are all run, and none alone', () => {
    const found = tests.flatMap(({ file, text }) => asides(text).map((one) => `${file}: ${one}`));
    // Who has no browser says so by SKIP_BROWSER=1, and the end of the output repeats it.
    expect(found).toEqual([
      'test/browser/board-hostile.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/board.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/chromium.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/demo-board.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/pack-page.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/page.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/slack-narrow.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/steps.test.ts: describe.skipIf(skipBrowser)',
      'test/browser/teams-narrow.test.ts: describe.skipIf(skipBrowser)',
    ]);
  });
});

describe('tests that run side by side', () => {
  it('end what they began by what they are given: the import asks which test runs, and there are several', () => {
    const odd = tests.filter(({ text }) => /\bconcurrent\b/.test(text) && /import \{[^}]*\bonTestF\w+/.test(text));
    expect(odd.map(({ file }) => file)).toEqual([]);
  });
});

describe('a test that is left out', () => {
  it.each([
    "it.skip('x', () => {",
    'describe.skip.each([1])',
    "it.concurrent.only('x', () => {",
    "test.todo('x')",
    "it.fails('x', () => {",
    "describe.runIf(ci)('x', () => {",
    "it.each([1]).skip('x', () => {",
    "if (!here) skip('x');",
    'ctx.skip();',
    'task.context.skip();',
    "xit('x', () => {",
  ])('is seen: %s', (text) => {
    expect(asides(text)).toHaveLength(1);
  });

  it.each(['const page = { skip: 0, top: 15 };', 'first.skipToken', '  // skip (this) line', 'it.each(skips)'])(
    'is not taken for one: %s',
    (text) => {
      expect(asides(text)).toEqual([]);
    },
  );
});
