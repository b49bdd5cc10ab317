import type { JitError } from '../errors/errors.ts';
import type { Heard } from './heard.ts';
import { unknownWord } from './term-words.ts';

/** `web-{1,2}`, `web-{1..3}`, `web-[1-3]`, `{web,api}-1`, with marks around it. */
const FOLDED =
  /(?<![\w${}[\]/:=<-])[`*"'“„]*(\p{L}[\w.-]*|(?:\d{1,3}\.){1,3}|(?=\{))(?:\{([\w.-]+(?:,\s?[\w.-]+)+)\}|\{(\d{1,4}\.\.\d{1,4})\}|\[(\d{1,4}(?:,\s?\d{1,4})+)\]|\[(\d{1,4}-\d{1,4})\])([\w.:-]*)[`*"'”“]*(?=[\s,;.!?)]|$)/gu;

/** No more are named one by one. */
const MOST = 20;

/** Several names in one, as a shell takes them: the same with each of them. */
export function unfolded({ head, whole }: Heard): { readonly text: string; readonly fault: JitError } | undefined {
  let [text, first]: [string, string | undefined] = [whole, undefined];
  for (const [typed, before = '', ...more] of head.matchAll(FOLDED)) {
    const [list, range, bracketed, between] = more;
    const behind = more.at(4) ?? '';
    const parts = (list ?? bracketed)?.split(/,\s?/) ?? numbersOf((range ?? between ?? '').split(/\.\.|-/));
    // `web-1[22,443]`: no names, but ports.
    const isUnclear = /\d$/.test(before) && parts.some((part) => /^\d/.test(part));
    const isAlone = before === '' && (behind === '' || parts.every((part) => /^\d+$/.test(part)));
    if (isUnclear || isAlone || parts.length === 0 || !text.includes(typed)) continue;
    text = text.replace(typed, () => parts.map((part) => `${before}${part}${behind}`).join(', '));
    first ??= typed;
  }
  return first === undefined ? undefined : { text, fault: unknownWord(first) };
}

/** From the one to the other, as wide as they were written. */
function numbersOf([from = '', until = '']: readonly string[]): readonly string[] {
  const [first, last] = [Number(from), Number(until)];
  if (last <= first || last - first >= MOST) return [];
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i).padStart(from.length, '0'));
}
