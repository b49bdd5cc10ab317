import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { ERRORS } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import { BY_WORD } from '../../src/core/language/verbs.ts';
import { SENDER, world } from './fixtures.ts';

/** What somebody is told who has not the right. */
const NO_RIGHT = ['notProtector', 'notSecurity', 'notRuleOwner', 'rulesNotGuarded'] as const;
const WORDS = [...BY_WORD.keys()];
/** What does not pass as it is typed: a verb with a slip, with `all` or too much behind it, or behind another verb. */
const SLIPS: readonly ((word: string) => string)[] = [
  (word) => word.slice(0, -1),
  (word) => `${word}${word.at(-1)}`,
  (word) => `${word} all`,
  (word) => `${word} api-1 ssh nonsense`,
  (word) => `list ${word}`,
  (word) => `show me ${word}`,
  (word) => `${word} api-1, then approve api-1`,
];
const OTHERS = [
  ...['unprotect all', 'list machines', 'machine', 'maschinen', 'lockdown', 'recomend', 'maschinen zeigen'],
  ...['sperren', 'alle maschinen', 'mach api-1 zu', 'schütze api-1', 'restart api-1', 'alles zu', 'close everything'],
];

function readerOf(rights: Partial<Pick<Deps['rules'], 'protectors' | 'security'>>) {
  const { deps } = world();
  const box = inbox({ ...deps, rules: { ...deps.rules, ...rights } });
  let key = 0;
  return async (text: string) => {
    const { lines } = await box.command({ ...SENDER, key: `k${key++}` }, text);
    return lines.map(plain).join(' ');
  };
}

/** Commands in code marks, as they can be typed: with something in each place that waits for it. */
function commandsIn(said: string): readonly string[] {
  return [...said.matchAll(/`\/jit ([^`]+)`/g)].map(([, text = '']) =>
    text.replaceAll('<machine>', 'api-1').replaceAll(/<[^>]+>/g, 'k7m3q9w'),
  );
}

describe.each([
  ['nobody', {}],
  ['a protector', { protectors: ['person:ada'] }],
  ['security', { security: ['person:ada'] }],
  ['both', { protectors: ['person:ada'], security: ['person:ada'] }],
] as const)('what was not understood, of %s', (_, rights) => {
  it.each([...SLIPS.flatMap((slip) => [WORDS.map(slip)]), OTHERS])(
    'comes back as what they may type',
    async (...all) => {
      const typed = readerOf(rights);
      const refused: string[] = [];
      for (const text of all) {
        const said = await typed(text);
        // Where it was understood, the right is judged, and said.
        if (NO_RIGHT.some((code) => said.includes(ERRORS[code].say))) continue;
        for (const offer of commandsIn(said)) {
          const again = await typed(offer);
          if (NO_RIGHT.some((code) => again.includes(ERRORS[code].say))) refused.push(`${text} → ${offer}`);
        }
      }
      expect(refused).toEqual([]);
    },
  );
});

it.each([
  ['list machines', '`/jit request`'],
  ['machine', '`/jit request`'],
  ['maschinen', '`/jit request`'],
])('whoever may not protect is offered what they may request: %s', async (text, offered) => {
  expect(await readerOf({})(text)).toContain(`Try ${offered}`);
  expect(await readerOf({ protectors: ['person:ada'] })(text)).toContain('`/jit machines`');
});
