import type { Token } from './token.ts';
import { umlauted } from './umlauts.ts';

/** German words of times, and those between the terms, which people type among English ones. No machine is called so. */
const WORDS: ReadonlyMap<string, string> = new Map(
  [
    'heute today,morgen tomorrow,montag monday,dienstag tuesday,mittwoch wednesday,donnerstag thursday,freitag friday',
    'samstag saturday,sonnabend saturday,sonntag sunday,mittag noon,mittags noon,mitternacht midnight,feierabend eod',
    'eine a,einer a,einem a,einen a,eins one,elf eleven,zwölf twelve,zwei two,drei three,vier four,fünf five,sechs six,sieben seven,acht eight,neun nine,zehn ten',
    'stunde hour,stunden hours,minuten minutes,tage days,tagen days,früh morning,nach past,vor to,viertel quarter',
    'für for,vom from,mir me,mich me,dem the,meinem my,meiner my,meinen my,zugriff access,zugang access,auf to,zu to,zum to',
    'nächsten next,nächste next,nächster next,woche week,wochen weeks,wochenende weekend,monat month',
    'noch more,nochmal more,alle all,meine mine,ab at,zwischen between,übliche usual,üblichen usual,üblich usual',
  ].flatMap((line) => line.split(',').map((pair) => pair.split(' ') as [string, string])),
);

/** The same words in English, but those in quotes; `16 Uhr` as a clock writes it. */
export function inEnglish(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap(({ isJoined, ...token }, i) => {
    const words = token.isQuoted ? [token.text] : wordsOf(i, tokens);
    return words.map((text, part) => ({
      ...token,
      text,
      ...(text === token.text ? {} : { typed: part === 0 ? token.text : '' }),
      ...(isJoined && part === 0 ? { isJoined } : {}),
    }));
  });
}

function wordsOf(i: number, tokens: readonly Token[]): readonly string[] {
  const [before = '', word = '', next = '', last = ''] = [-1, 0, 1, 2].map((at) => tokens[i + at]?.text.toLowerCase());
  const { text = '' } = tokens[i] ?? {};
  const isHalf = (one: string) => /^halbe[nr]?$/.test(one);
  if (word === 'uhr' && isHour(before)) return [];
  // `18 Uhr 30` is one time; what `18 Uhr 22` is, nobody can tell.
  if (before === 'uhr' && isMinutes(tokens[i - 2]?.text ?? '', word) && !tokens[i]?.isJoined)
    return word === '22' ? ['22uhr'] : [];
  if (next === 'uhr' && isMinutes(word, last) && last !== '22' && !tokens[i + 2]?.isJoined) return [`${word}:${last}`];
  // `am Freitag`, `22 am 12. um 9 Uhr`; `9 am 22` is another.
  if (word === 'am' && isDayBehind(before, next, last)) return /^\d+$/.test(next) ? ['on', 'the'] : ['on'];
  if (next === 'uhr' && isHour(word)) return [/[:.]/.test(word) ? word.replace('.', ':') : `${word}:00`];
  if (word === 'um') return [isClockBehind(tokens.slice(i + 1)) ? 'at' : 'by'];
  // `nochmal 1h` is more of it, `nochmal k7m3q9w` the same again.
  if (word === 'nochmal' && /^(?:bitte)?$/.test(before) && !isLength(next)) return [text];
  if (isHalf(word) && next === 'stunde') return ['half', 'an'];
  if (/^(?:ei)?ne[rn]?$/.test(word) && isHalf(next)) return [];
  if (/^(?:anderthalb|eineinhalb)$/.test(word) && next === 'stunden') return ['1.5'];
  if (word === 'ne' && /^(?:stunde|minute|woche)$/.test(next)) return ['a'];
  if (isHalf(word) && next === 'tag') return ['half', 'a'];
  if (word === 'tag' && (/^eine[nm]?$/.test(before) || isHalf(before))) return ['day'];
  // `halb sieben` is an hour of a clock.
  if (word === 'halb') return ['half', 'to'];
  return [umlauted(word, (one) => WORDS.get(one)) ?? text];
}

function isHour(text: string): boolean {
  return /^(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?$/.test(text);
}

/** An hour that `am` may stand behind: `9`, `9:30`. */
function isMorning(text: string): boolean {
  return isHour(text) && /^(?:0?[1-9]|1[0-2])\b/.test(text);
}

/** `18 Uhr 30`. */
function isMinutes(hour: string, word: string): boolean {
  return /^\d{1,2}$/.test(hour) && isHour(hour) && /^[0-5]\d$/.test(word);
}

/** `um 16:00`, `um halb fünf`, `um 9` are starts, `um 30 Minuten` and `um eine Stunde` lengths. */
function isClockBehind(tokens: readonly Token[]): boolean {
  const [next = '', last = ''] = tokens.slice(0, 2).map(({ text }) => text.toLowerCase());
  if (isUnit(last) || /^\d+(?:\.\d+)?[a-z]+$/.test(next)) return false;
  if (/^\d{1,2}(?:[:.]\d\d)?$/.test(next)) return true;
  if (/^(?:halb|viertel)$/.test(next)) return !/^stunden?$/.test(last);
  return /^(?:mittag|mitternacht|eins|zwei|drei|vier|f(?:ü|ue)nf|sechs|sieben|acht|neun|zehn|elf|zw(?:ö|oe)lf)$/.test(
    next,
  );
}

/** `1h`, `30`, `eine`. */
function isLength(word: string): boolean {
  return /^\d+(?:[.,:]\d+)?(?:h|m|min|std|d)?$|^eine?/.test(word);
}

function isUnit(word: string): boolean {
  return /^(?:h|std\.?|stunden?|m|min\.?|minuten?|mins|minutes?|hours?|hrs?|tage?n?|days?|d)$/.test(word);
}

/** `9 am friday` is nine in the morning, `22 am friday` is on that day. */
function isDayBehind(before: string, next: string, last: string): boolean {
  const isEnglish = /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|to(?:day|morrow))$/.test(next);
  if (isEnglish) return !isMorning(before);
  return isGermanDay(next) && (!isMorning(before) || !/^\d/.test(next) || last === 'um');
}

function isGermanDay(word: string): boolean {
  return /^(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)$|^\d{1,2}(?:\.\d{1,2}\.?(?:\d{4})?)?$/.test(
    word,
  );
}
