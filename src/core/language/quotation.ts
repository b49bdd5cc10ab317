import { say } from './say.ts';
import type { Saying } from './text.ts';

const SINGLE: Readonly<Record<string, string>> = {
  '“': '‘',
  '”': '’',
  '„': '‚',
  '‟': '‛',
  '"': "'",
  '＂': "'",
  '«': '‹',
  '»': '›',
};
const DOUBLE = new RegExp(`[${Object.keys(SINGLE).join('')}]`, 'g');

/** What somebody wrote, in the quotation marks of the reader's language. */
export function quoted(text: string): Saying {
  return say`“${text}”`;
}

/** The same where more of ours follows: what is quoted cannot end the quotation, as the marks in it are single. */
export function quotedWithin(text: string): Saying {
  return quoted(text.replace(DOUBLE, (mark) => SINGLE[mark] ?? mark));
}
