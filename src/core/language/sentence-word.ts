import type { Token } from './token.ts';
import { ZONE_LETTERS } from './zone-words.ts';

/** Words of sentences and times: there are few of them in each language, and machines are not called so. */
const SENTENCE = new Set(
  [
    'now please pls plz thanks thx today tonight tomorrow soon later again more longer bit little while one a an the my me',
    'at in on by to with for from until till before after when if unless because port ports and or',
    'min mins minute minutes hour hours hrs day days',
    'jetzt sofort gleich bitte danke heute morgen um ab bis für fuer von nach wenn weil und oder noch',
    'maintenant svp merci et ou pour demain',
  ].flatMap((line) => line.split(' ')),
);

/** Words that turn round what stands behind them, or narrow it. */
const TURNING = new Set(
  [
    "not don't dont do no never without except excluding unless only but just if when sorry actually",
    'instead rather oops correction besides provided neither nor weder statt anstatt stattdessen sondern korrektur ups',
    'mean meant nein nicht kein keine keinen keinesfalls keineswegs niemals nie ohne ausser außer nur aber wenn falls sobald sobald',
    'pas sans sauf jamais seulement mais si',
  ].flatMap((line) => line.split(' ')),
);

/** What is to stay as it is, or what is done later, or perhaps: no name, and nothing is done to what stands behind it. */
const SPARING =
  /^(?:keep|keeping|leave|spare|spares?|retain|than|wait|maybe|perhaps|possibly|once|others?|remaining|behalten|behalte|lassen|lass|vielleicht|like|same|rest|etc|else|nvm|nevermind|forget|nope|nah|undo|hold|kidding|after|before|jk|j\/k|servers|machines|hosts|vms|instances|boxes)$/i;

export function spares({ text, isQuoted }: Token): boolean {
  return !isQuoted && SPARING.test(text);
}

const POLITE = new Set('please pls plz thanks thx bitte danke merci svp period punkt'.split(' '));

/** Behind a name, a word that is none: `now`, `please`, `at`, `18:00`. */
export function isSentenceWord({ text, isQuoted }: Token): boolean {
  const word = text.toLowerCase();
  return (
    !isQuoted &&
    (SENTENCE.has(word) || TURNING.has(word) || ZONE_LETTERS.includes(word) || /^\d{1,2}(?::\d\d|[ap]m|h)?$/.test(word))
  );
}

/** `not`, `without`, `only`: what a command without this word would do is not what is meant. */
export function turns({ text, isQuoted }: Token): boolean {
  return !isQuoted && TURNING.has(text.toLowerCase());
}

/** A clock elsewhere, in capitals or behind a figure: without it, another hour would be meant. `ist` is a word as well. */
export function isElsewhere({ text, isQuoted }: Token, before?: Token): boolean {
  const isTyped = text === text.toUpperCase() || /\d/.test(before?.text ?? '');
  return !isQuoted && isTyped && ZONE_LETTERS.includes(text.toLowerCase());
}

/** When something is to be, in words that no clock knows. */
export function isVagueTime({ text, isQuoted }: Token): boolean {
  return (
    !isQuoted &&
    /^(?:later|soon|hourly|daily|weekly|nightly|täglich|taeglich|wöchentlich|lunch|lunchtime|später|spaeter|bald|nachher|morgens|vormittags|nachmittags|abends|nachts)$/i.test(
      text,
    )
  );
}

/** A face or a thumb, as a sign or by its name in a chat: it says nothing of access. */
export function isEmoji(text: string): boolean {
  return (
    /^(?:[<:;=]-?[3()dp]|(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u{FE0F})+|:[a-z+-][\w+-]*(?:::skin-tone-\d)?:?|\+1)$/iu.test(
      text,
    ) && !/^\d/.test(text)
  );
}

export function isPolite(text: string): boolean {
  return POLITE.has(text.toLowerCase());
}

/** A switch, an emoji as a chat writes it, or `please`. */
export function isNoName({ text, isQuoted }: Token): boolean {
  return !isQuoted && (/^(?:-|:(?!:))/.test(text) || isEmoji(text) || isPolite(text));
}

/** `please`, and at the end `asap`: nothing of what is to be done. */
export function saysNothing(text: string, isLast: boolean): boolean {
  return (
    isPolite(text) || (isLast && /^(?:asap|now|jetzt|sofort|immediately|urgent|urgently|dringend|quickly)$/i.test(text))
  );
}
