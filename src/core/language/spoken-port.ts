import { figuresOf } from './number-words.ts';
import type { SaidCommand } from './said.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';

/** The digits of one port, each a word; the last may be how many hours. */
function spelledAt(tokens: readonly Token[], from: number): readonly string[] {
  const digits = tokens
    .slice(from, from + 5)
    .map(({ text, isQuoted }) => (isQuoted ? '' : figuresOf(text.toLowerCase())));
  const isOver = (text: string, at: number) => {
    const { text: typed = '', isJoined } = tokens[from + at] ?? {};
    return !/^\d$/.test(text) || /^\d$/.test(typed) || (at > 0 && (isJoined || isTimeAlone(tokens, from + at)));
  };
  const end = digits.findIndex(isOver);
  return digits.slice(0, end < 0 ? undefined : end);
}

/** `two hours`, `one hour`: the figure is the last before its unit. */
function isTimeAlone(tokens: readonly Token[], i: number): boolean {
  return (
    /^(?:hours?|minutes?|mins?|days?|weeks?|h|stunden?|minuten?|tage?)$/i.test(tokens[i + 1]?.text ?? '') &&
    readTime(tokens, i) !== undefined
  );
}

/** `port twenty two`. */
export function spokenPort(
  { tokens }: SaidCommand,
  i: number,
): { readonly texts: readonly string[]; readonly words: number } | undefined {
  if (!/^ports?$/i.test(tokens[i]?.text ?? '')) return undefined;
  // `port four four three`
  const spelled = spelledAt(tokens, i + 1);
  if (spelled.length > 1) {
    const texts = ['port', spelled.join('')];
    let words = 1 + spelled.length;
    // `port two two and four four three`
    while (tokens[i + words]?.isJoined && spelledAt(tokens, i + words).length > 1) {
      const more = spelledAt(tokens, i + words);
      texts.push(more.join(''));
      words += more.length;
    }
    return { texts, words };
  }
  for (const words of [2, 1]) {
    const said = tokens.slice(i + 1, i + 1 + words).map(({ text, isQuoted }) => (isQuoted ? '' : text.toLowerCase()));
    const figures = figuresOf(said.join(' '));
    if (said.length === words && figures !== said.join(' ') && /^\d{1,5}$/.test(figures))
      return { texts: ['port', figures], words: words + 1 };
  }
  return undefined;
}
