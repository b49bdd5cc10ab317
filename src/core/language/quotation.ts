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
  return quoted(singled(text));
}

/** For between quotation marks behind which more of ours follows: none in it ends them. */
export function singled(text: string): string {
  return text.replace(DOUBLE, (mark) => SINGLE[mark] ?? mark);
}
