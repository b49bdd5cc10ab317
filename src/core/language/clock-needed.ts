import { TYPED_VERBS, wordsOf } from './grammar.ts';

/** Commands that may say when: what they mean hangs on what the time is. */
const TIMED: ReadonlySet<string> = new Set([
  'request',
  'ssh',
  'rdp',
  'explain',
  'break-glass',
  'extend',
  'approve',
  'delegate',
]);

/** Does what is typed hang on the clock of whoever types it? What begins with no verb may be meant as any command, and several lines as several. */
export function needsClock(text: string): boolean {
  const { verb, first } = wordsOf(text);
  // `hey, can I have web-1 until 18:00`
  const isGreeting = verb === 'home' && first !== '';
  return TIMED.has(verb) || isGreeting || (verb !== 'help' && !TYPED_VERBS.includes(verb)) || /[\r\n;,]/.test(text);
}
