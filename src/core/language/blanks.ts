import type { Token } from './token.ts';

const NOUN = [
  'machines?|host(?:name)?s?|servers?|vms?|instances?|names?|ids?|request(?: id)?|slack id|ports?|port numbers?|times?|durations?|hours|minutes|days?',
  'reasons?|justification|sources?|addresse?s?|cidr|ips?|ip address|persons?|users?|people|who|numbers?|codes?|words|text|question|answer|records?|commands?|hash|key|value',
  'maschine|grund|begründung|dauer|zeit|quelle|adresse|benutzer|nummer|frage|antwort|text',
].join('|');
const LIST = `@?(?:your |the |my )?(?:${NOUN})(?:(?:,? (?:or|and|oder|und) |[/|, ]+)(?:${NOUN}))*`;

/** What stands in a usage, or a template, to be filled in: `<machine>`, `[id or machine]`, `{port}`, `$MACHINE`, `%host%`, `xxx`. */
const BLANK = new RegExp(
  `^(?:<(?:${LIST})>|\\[(?:${LIST})\\]|\\$?\\{{1,2} ?(?:${LIST}) ?\\}{1,2}|%(?:${LIST})%|\\$[A-Z][A-Z_]+|x{3,8}|_{3,}|\\?{3,})$`,
  'i',
);
/** `tag:<key>=<value>` */
const WITHIN = new RegExp(`[\\w:=]<(?:${LIST})>`, 'i');
/** The same of several words, in a longer text. */
export const BLANKS = `<(?:${LIST})>|\\[(?:${LIST})\\]|\\{{1,2} ?(?:${LIST}) ?\\}{1,2}`;

export function isBlankWord(text: string): boolean {
  return BLANK.test(text) || WITHIN.test(text);
}

/** Behind these, no name has to stand. */
const ALONE =
  /^(?:list|ls|mine|pending|home|hi|hello|hey|machines|doctor|who(?:ami)?|board|dashboard|status|reviews|rules|lockdowns|recommend|links?|consent)$/i;

/** `revoke ID`, `extend … 1h`: right behind a verb, where no name follows, what stands there is to be filled in. */
export function isOpenName([verb = '', word = '', ...behind]: readonly string[]): boolean {
  const next = behind.find((one) => /[\p{L}\p{N}]/u.test(one)) ?? '';
  const plain = next.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  if (/\d|-/.test(verb)) return false;
  // `approve ID k7m3q9w`, `close MACHINE web-1` name it; `ID 1h` does not.
  const isNamed = /^["“„`<@]/.test(next) || /^(?=\D*\d)(?!\d+\D*$)[\w.:-]+$/.test(plain) || /^\w+-[\w-]+$/.test(plain);
  if (isNamed) return false;
  const isShouted = verb === verb.toUpperCase() && next !== '';
  return (
    (/^(?:…|\.{3,})$/.test(word) && !ALONE.test(verb)) ||
    /^id$/i.test(word.replace(/[:,]$/, '')) ||
    (!isShouted && /^(?:MACHINE|HOST|HOSTNAME|SERVER|VM|INSTANCE|NAME|PERSON|USER|REQUEST)$/.test(word))
  );
}

/** As it is shown: `<id or machine>`. */
export function blankText(text: string): string {
  if (WITHIN.test(text)) return text;
  const noun = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').toLowerCase();
  return /^x*$/.test(noun) ? '<…>' : `<${noun}>`;
}

interface Said {
  readonly tokens: readonly Token[];
  readonly reason?: string;
}

export function isBlank(token: Token | undefined): boolean {
  return token?.isBlank === true;
}

/** A command without them, and without the words that say what they are: `for <time>`. */
export function withoutBlanks<T extends Said>(all: T): T {
  const isOf = ({ text, isQuoted }: Token, i: number, tokens: readonly Token[]) =>
    !isQuoted && /^(?:for|until|till|at|on|from|ports?)$/i.test(text) && isBlank(tokens[i + 1]);
  return { ...all, tokens: all.tokens.filter((token, i, tokens) => !isBlank(token) && !isOf(token, i, tokens)) };
}

/** The command as it was typed, with each of them as it is shown. */
export function withBlanks({ tokens, reason }: Said): string {
  const words = tokens.map(({ text, isQuoted, isBlank: isOpen, isJoined }, i) => {
    const word = isQuoted && !isOpen ? `"${text}"` : text;
    return isJoined && i > 0 ? `, ${word}` : ` ${word}`;
  });
  return `${words.join('').trim()}${reason === undefined ? '' : ` because ${reason === '' ? '<reason>' : reason}`}`;
}
