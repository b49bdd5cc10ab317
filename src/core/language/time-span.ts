import type { Token } from './token.ts';
import { isClock, minuteOf } from './until-words.ts';

/** `between 18:00 and 20:00`, `from 16 to 18`: as `from 18:00 until 20:00`, which is a start and an end. */
export function spelledSpans(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token, i) => {
    const end = dashed(token, tokens[i - 1]);
    return end === undefined
      ? [spelled(token, i, tokens) ?? token]
      : [
          { ...token, text: 'until' },
          { ...token, text: end },
        ];
  });
}

/** `18:00 -20:00`: the end of what begins right before. */
function dashed({ text, isQuoted }: Token, before: Token | undefined): string | undefined {
  const [, end] = /^-(\d\d?:[0-5]\d)$/.exec(isQuoted ? '' : text) ?? [];
  if (end === undefined || !before || before.isQuoted || !isClock(before.text)) return undefined;
  return (minuteOf(before.text.toLowerCase()) ?? 0) < (minuteOf(end) ?? 0) ? end : undefined;
}

function spelled(token: Token, i: number, all: readonly Token[]): Token | undefined {
  const span = spanFrom(all, i);
  if (span) return { ...token, text: 'from' };
  const begun = spanFrom(all, i - 1);
  if (begun) return { ...token, text: begun[0] };
  const linked = spanFrom(all, i - 2);
  if (linked) return { ...token, text: 'until' };
  const ended = spanFrom(all, i - 3);
  return ended ? { ...token, text: ended[1] } : spelledLoosely(token, i, all);
}

/** The two times of a span that begins here, where there is one. */
function spanFrom(all: readonly Token[], i: number): readonly [string, string] | undefined {
  const words = [0, 1, 2, 3].map((more) => (all[i + more]?.isQuoted ? '' : (all[i + more]?.text.toLowerCase() ?? '')));
  const [word = '', first = '', link = '', second = ''] = words;
  if (!/^(?:between|from|von)$/.test(word) || !/^(?:and|und|to|until|till|til|bis)$/.test(link)) return undefined;
  const [from, to] = [clockOf(first), clockOf(second)];
  if (from === undefined || to === undefined) return undefined;
  return (minuteOf(from) ?? 0) < (minuteOf(to) ?? 0) ? [from, to] : undefined;
}

function clockOf(word: string): string | undefined {
  if (isClock(word)) return word;
  return /^(?:[01]?\d|2[0-3])$/.test(word) ? `${Number(word)}:00` : undefined;
}

/** `between friday 9:00 and 11:00`: the same of more words. */
function spelledLoosely(token: Token, i: number, all: readonly Token[]): Token | undefined {
  const is = (one: Token | undefined, what: RegExp) => one !== undefined && !one.isQuoted && what.test(one.text);
  const [between, and] = [/^between$/i, /^(?:and|und)$/i];
  if (is(token, between) && all.slice(i + 2, i + 6).some((one) => is(one, and))) return { ...token, text: 'from' };
  const isEnd = is(token, and) && all.slice(Math.max(0, i - 5), i - 1).some((one) => is(one, between));
  return isEnd ? { ...token, text: 'until' } : undefined;
}
