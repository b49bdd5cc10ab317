import { say } from '../language/say.ts';
import { type Line, plain, type Saying, type Span } from '../language/text.ts';
import type { Entry, Kind } from './entry.ts';
import { ERROR_TABLE } from './table.ts';

export type Code = keyof typeof ERROR_TABLE;

export const ERRORS: Readonly<Record<Code, Entry>> = ERROR_TABLE;

/** The words between braces in a text: `'a' | 'b'` of `{a} is not {b}`. */
type WordsIn<Text> = Text extends `${string}{${infer Word}}${infer Rest}` ? Word | WordsIn<Rest> : never;

type TextOf<C extends Code> = C extends Code ? (typeof ERROR_TABLE)[C][keyof (typeof ERROR_TABLE)[C]] : never;

/** What the texts of a code leave open, and nothing else; of a code chosen at run time, what each of them leaves open. */
export type Words<C extends Code> = Readonly<Record<WordsIn<TextOf<C>>, Word>>;

/** An instant is shown on the clock of whoever is told it, where that is known. */
export type Word = string | number | { readonly at: number } | Saying;

interface Extra {
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs?: number;
  /** Nothing was tried: it was told when its turn is, by the quota that the program keeps to. */
  readonly isQueued?: boolean;
  readonly cause?: unknown;
  /** What may stand in place of what is refused, the likeliest first, as it is typed. */
  readonly choices?: readonly string[];
  /** What of a call it is about, where that call was made by a program. */
  readonly fields?: readonly CallFault[];
}

/** A part of a call of the API, and what is wrong with it. */
export interface CallFault {
  readonly in: 'body' | 'query' | 'path' | 'header';
  /** Its name; of a field within another one, `ports.0`. Empty: the body as a whole. */
  readonly field: string;
  readonly detail: string;
}

/** A code whose texts leave nothing open takes no words; every other code takes all of its own. */
type Given<C extends Code> =
  WordsIn<TextOf<C>> extends never
    ? readonly [words?: Readonly<Record<string, never>>, extra?: Extra]
    : readonly [words: Words<C>, extra?: Extra];

/** The one error class. Its message is for logs; chats are shown `say` and `hint`. */
export class JitError<C extends Code = Code> extends Error {
  override readonly name = 'JitError';
  readonly code: Code;
  readonly kind: Kind;
  readonly say: string;
  readonly hint: string;
  readonly retryAfterMs: number | undefined;
  /** Nothing was tried: `retryAfterMs` is when its turn is. */
  readonly isQueued: boolean;
  /** What may stand in place of what is refused, the likeliest first, as it is typed. */
  readonly choices: readonly string[];
  /** What of a call it is about, where that call was made by a program. */
  readonly fields: readonly CallFault[];
  /** What its sentence was filled with. */
  readonly words: Readonly<Record<string, Word>>;
  /** Further reasons for the same refusal. */
  readonly others: readonly JitError[] = [];
  /** The whole corrected command, in code marks; empty where there is none. */
  readonly correction: string = '';

  constructor(code: C, ...given: Given<C>) {
    const [words = {}, extra = {}]: readonly [Readonly<Record<string, Word>>?, Extra?] = given;
    const { kind, say, hint } = ERRORS[code];
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, word: string) => asText(words[word] ?? '…'));
    super(`${code}: ${fill(say)}`, { cause: extra.cause });
    this.code = code;
    this.words = words;
    this.kind = kind;
    this.say = fill(say);
    this.hint = fill(hint);
    this.retryAfterMs = extra.retryAfterMs;
    this.isQueued = extra.isQueued ?? false;
    this.choices = extra.choices ?? [];
    this.fields = extra.fields ?? [];
  }

  /** The same, with further reasons behind it. */
  with(others: readonly JitError[]): JitError {
    return others.length === 0 ? this : but(this, { others });
  }

  /** The same, with what to type instead. */
  instead(correction: string): JitError {
    return but(this, { correction });
  }

  /** The same, with what may stand in place of what is refused. */
  choosing(choices: readonly string[]): JitError {
    return but(this, { choices });
  }

  /** This reason alone, with what to do about it. */
  get sentence(): string {
    // A list begins on a line of its own.
    return `${this.say} ${this.hint}`.replace(' \n', '\n');
  }

  /** The same for whoever reads it: in their language, and each instant on their clock. */
  get spans(): Line {
    const all = [this, ...this.others];
    const each = all.filter((one, i) => all.findIndex(({ sentence }) => sentence === one.sentence) === i);
    const said = each.flatMap((one, i) => [...(i === 0 ? [] : [' ']), ...spansOf(one)]);
    const more = tryText(this);
    return more === '' ? said : [...said, ' ', say`Try ${this.correction}`];
  }

  /** What a person is told: every reason. */
  get text(): string {
    const sentences = [...new Set([this, ...this.others].map(({ sentence }) => sentence))];
    const more = tryText(this);
    return [...sentences, ...(more === '' ? [] : [more])].join(' ');
  }
}

/** The corrected command, unless a sentence has it already. */
function tryText({ correction, sentence, others }: JitError): string {
  const isSaid = [sentence, ...others.map((one) => one.sentence)].some((one) => one.includes(correction));
  return isSaid ? '' : `Try ${correction}`;
}

/** A copy in which something else is said. */
function but(error: JitError, changed: Partial<Pick<JitError, 'others' | 'correction' | 'choices'>>): JitError {
  return Object.create(JitError.prototype, {
    ...Object.getOwnPropertyDescriptors(error),
    ...Object.getOwnPropertyDescriptors(changed),
  }) as JitError;
}

/** What turns the letters around it, or ends the line: a name that came from a tag may have it (UAX 9). */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;

/** NB. what was read from somebody else's file may be anything. */
function spanOf(word: Word): Span {
  if (typeof word !== 'object' || word === null) return String(word).replace(TURNING, '');
  if ('say' in word) return word;
  return Number.isFinite(word.at) && Math.abs(word.at) < 8.64e15 ? word : '…';
}

function asText(word: Word): string {
  return plain([spanOf(word)]);
}

/** One reason alone, for whoever reads it. */
export function spansOf({ code, words, hint: filled }: JitError): Line {
  const { say, hint } = ERRORS[code];
  const values = valuesOf(words);
  // A list begins on a line of its own.
  return [{ say, with: values }, filled.startsWith('\n') ? '' : ' ', { say: hint, with: values }];
}

/** What a sentence is filled with, for whoever fills another. */
export function valuesOf(words: Readonly<Record<string, Word>>): Readonly<Record<string, Span>> {
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, spanOf(word)]));
}

/** What was kept of an error: its code and what its sentence was filled with, beside the English that was said. */
export interface KeptError {
  readonly code?: Code;
  readonly say: string;
  readonly words?: Readonly<Record<string, Word>>;
}

/** The sentence of an error that was kept, and with `hint` what to do about it; its English where no more was kept. */
export function keptSpans({ code, say, words }: KeptError, hint?: 'hint'): Line {
  const entry = code === undefined || words === undefined ? undefined : ERRORS[code];
  if (!entry || !words) return [say];
  const values = valuesOf(words);
  return [{ say: entry.say, with: values }, ...(hint ? [' ', { say: entry.hint, with: values }] : [])];
}

/** What a person is told of any error. The text of an exception that is not ours never gets out. */
export function sayOf(error: unknown, reference: string): Told {
  const known = error instanceof JitError ? error : isGivenUp(error) ? new JitError('gaveUp') : unknown(reference);
  return { code: known.code, text: known.text, line: known.spans };
}

function unknown(reference: string): JitError {
  return new JitError('bug', { reference });
}

/** By the names that a signal gives to its reason: its time was over, or it was told to stop. https://dom.spec.whatwg.org/#abortsignal */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

interface Told {
  readonly code: Code;
  readonly text: string;
  /** The same, with instants that a chat shows on its reader's clock. */
  readonly line: Line;
}
