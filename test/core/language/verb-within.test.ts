import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { CLOCK, NAMES } from './table.ts';

/** All behind which several may be named. */
const LISTS =
  'approve deny revoke withdraw extend show nudge again protect unprotect accept decline restore drill move why'
    .split(' ')
    .concat('allow reject close end cancel renew status remind request explain list machines home match'.split(' '))
    .concat('genehmige lehne schließe zurückziehen verlängere zeige erinnere schütze beantrage'.split(' '));
/** All that somebody may type for a verb of two languages. */
const VERBS =
  'request open approve allow permit deny reject refuse revoke close end stop terminate withdraw cancel abort extend renew'
    .split(' ')
    .concat(
      'prolong show again nudge remind ask answer accept decline review why explain protect unprotect restore drill'.split(
        ' ',
      ),
    )
    .concat(
      'genehmigen genehmige bestätigen freigeben ablehnen ablehne lehne verweigern schließen schließe schliesse'.split(
        ' ',
      ),
    )
    .concat(
      'beenden sperren zurückziehen abbrechen storniere ziehe verlängern verlängere verlaengere beantragen beantrage'.split(
        ' ',
      ),
    )
    .concat(
      'öffnen öffne oeffne freischalten erinnern zeige zeig schützen schütze schuetze grant kill disconnect'.split(' '),
    );

function offeredFor(text: string): readonly string[] {
  try {
    parseCommands(text, NAMES, CLOCK);
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return [...error.correction.matchAll(/`\/jit ([^`]+)`/g)].map(([, command]) => command ?? '');
  }
  throw new Error(`understood: ${text}`);
}

describe('a verb in the middle of what another is about', () => {
  it.each(LISTS)('behind “%s” it is no name, and what stands behind it is its own', (list) => {
    for (const verb of VERBS)
      for (const joint of [', ', ' ', ' and ', ' und ', '; ', ' then ', ' & ']) {
        const text = `${list} k7m3q9w${joint}${verb} b2c3d4e`;
        const offered = offeredFor(text);
        expect(offered.length, text).toBeGreaterThan(0);
        for (const one of offered) {
          expect(one, text).not.toMatch(new RegExp(`^(?!help )\\S+ .*\\b${verb}(?![\\w-])`, 'i'));
          expect(/k7m3q9w.*b2c3d4e/.test(one), `${text}: ${one}`).toBe(false);
        }
      }
  });

  it.each([
    'approve request k7m3q9w',
    'show the request k7m3q9w',
    'revoke my open request k7m3q9w',
    'extend my access to web-1 1h',
  ])('“%s” is one', (text) => {
    expect(() => parseCommands(text, NAMES, CLOCK)).not.toThrow();
  });

  it.each([
    'deny k7m3q9w because approve p2x8v4t does it',
    'ask k7m3q9w approve p2x8v4t?',
    'answer k7m3q9w close web-1 first',
  ])('in somebody’s own words, “%s” is one', (text) => {
    expect(() => parseCommands(text, NAMES, CLOCK)).not.toThrow();
  });
});
