import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, lines, mrkdwn } from '../../../adapters/slack/text.ts';
import { ENGLISH, type Span } from '../../../src/core/language/text.ts';

const ids = { slackIdOf: (person: string) => (person === 'ada' ? 'U1' : undefined), tongue: ENGLISH };
const AT = Date.UTC(2026, 10, 23, 14, 5);

describe('a line', () => {
  it.each<[string, Span[], string]>([
    [
      'instants in the reader’s zone',
      ['until ', { at: AT }],
      `until <!date^${AT / 1_000}^{date_short_pretty} at {time}|14:05 UTC>`,
    ],
    ['people as mentions', [{ person: 'ada', name: 'Ada' }], '<@U1>'],
    ['people without a Slack id by name', [{ person: 'bob', name: 'Bob <b>' }], 'Bob &lt;b&gt;'],
    [
      'control characters as text',
      ['<!channel> & <@U1> <https://x|y>'],
      '&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://x|y&gt;',
    ],
    ['what looks escaped as it was typed', ['&lt;!here&gt;'], '&amp;lt;!here&amp;gt;'],
    ['bold and struck words as they are', ['*closed*, ~proven~'], '∗closed∗, ∼proven∼'],
    ['italic words as they are', ['_closed_'], 'ˍclosedˍ'],
    ['names with underscores as they are', ['web_prod_1'], 'web_prod_1'],
    ['a person’s formatting too', [{ person: 'bob', name: '*Bob*' }], '∗Bob∗'],
    [
      'a name that is read from right to left so that it turns nothing',
      [{ person: 'bob', name: 'نور' }, ' asks for access to web-1.'],
      '\u2068نور\u2069 asks for access to web-1.',
    ],
    ['our own code as code', ['Write `/jit list *` or `web_ _1`.'], 'Write `/jit list *` or `web_ _1`.'],
    [
      'IPv6 addresses as code: Slack would read the emoji :1234: in them',
      ['from 2001:db8:1234::7/64, ::/0 or `from ::1`, not at 14:05'],
      'from `2001:db8:1234::7/64`, `::/0` or `from ::1`, not at 14:05',
    ],
  ])('shows %s', (_, line, text) => {
    expect(mrkdwn(line, ids)).toBe(text);
  });

  it('is never cut within a mention, an instant, an escape or a character', () => {
    const span: fc.Arbitrary<Span> = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '&', '<', '🚀', '*', ' ') }),
      fc.constant({ at: AT }),
      fc.constant({ person: 'ada', name: 'Ada' }),
    );
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.integer({ min: 1, max: 60 }), (line, most) => {
        const text = mrkdwn(line, ids, most);
        expect(text.length).toBeLessThanOrEqual(Math.max(most, 1));
        expect(text.isWellFormed()).toBe(true);
        const rest = text.replace(/<@U1>|<!date\^\d+\^\{date_short_pretty\} at \{time\}\|14:05 UTC>|&(amp|lt);/g, '');
        expect(rest).not.toMatch(/[<>&]/);
      }),
    );
  });
});

describe('several lines', () => {
  it('stand below each other', () => {
    expect(lines([['a'], ['b ', { person: 'ada', name: 'Ada' }]], ids)).toBe('a\nb <@U1>');
  });

  it('say when there are too many', () => {
    const text = lines(
      Array.from({ length: 100 }, () => ['x'.repeat(99)]),
      ids,
    );
    expect(text.length).toBeLessThan(4_000);
    expect(text.endsWith('x\n…')).toBe(true);
  });
});

describe('cut', () => {
  it.each([
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abc…'],
    ['🚀🚀🚀', 4, '🚀…'],
    ['', 4, ''],
  ])('%s to %i', (text, most, shown) => {
    expect(cut(text, most)).toBe(shown);
  });
});
