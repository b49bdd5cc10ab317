import type { Readable, Writable } from 'node:stream';
import * as prompts from '@clack/prompts';
import { ANSWERS, type AnswerFault } from '../../config/answers.ts';
import { widthOf, wrapped } from '../words.ts';
import { type Asker, type ChoiceQuestion, meantBy } from './asker.ts';

/** Somebody pressed Ctrl-C, Ctrl-D, or Escape. */
export class Cancelled extends Error {}

interface Screen {
  readonly input?: Readable;
  readonly output?: Writable & { readonly columns?: number };
}

/** Beyond so many, one types to find. */
const LIST = 12;
const WIDTH = 80;
const BY_HAND = 'Something else: type it';
/** Of a choice that is none. */
const OTHER = '';

/** What all questions share: their width, and what Ctrl-C does. */
function typing(screen: Screen) {
  const width = Math.min(WIDTH, widthOf(screen.output, widthOf(process.stdout, WIDTH)));
  // The guide of the prompts takes three columns.
  const wide = (text: string) => wrapped(text, width - 4);
  const got = async <T>(answer: Promise<T | typeof prompts.CANCEL_SYMBOL>): Promise<T> => {
    const value = await answer;
    if (prompts.isCancel(value)) throw new Cancelled('cancelled');
    return value as T;
  };
  return {
    wide,
    got,
    message: ({ ask, where }: { readonly ask: string; readonly where?: string }) =>
      wide(where === undefined ? ask : `${ask} (${where})`),
    async typed(ask: string, wrong: AnswerFault, standard?: string): Promise<string> {
      const validate = (text = '') => said(wrong(text.trim() === '' ? (standard ?? '') : text.trim()));
      const shown = standard === undefined ? {} : { placeholder: standard, defaultValue: standard };
      // Blanks alone are nothing, too.
      return (await got(prompts.text({ ...screen, message: ask, validate, ...shown }))).trim() || (standard ?? '');
    },
  };
}

/** As they are shown; the last one lets type. */
function listOf({ choices, byHand }: ChoiceQuestion) {
  return [
    ...choices.map(({ id, label }) => ({ value: id, label: label === id ? id : `${label} (${id})` })),
    ...(byHand ? [{ value: OTHER, label: BY_HAND }] : []),
  ];
}

/** What is searched for is in it; to type something else is always there, or nothing could be answered that is no choice. */
function fits(search: string, { value, label = '' }: { readonly value: string; readonly label?: string }): boolean {
  return value === OTHER || label.toLowerCase().includes(search.trim().toLowerCase());
}

/** Where nothing fits, Enter would answer with nothing. */
function isChosen(value: unknown): string | undefined {
  return value === undefined ? 'It must be one of these' : undefined;
}

/** The screen with a signal for Ctrl-D, at which the prompts' line would be closed and nobody told. */
function withEnd(screen: Screen): Screen & { readonly signal: AbortSignal } {
  const ended = new AbortController();
  const input = screen.input ?? process.stdin;
  input.on('keypress', (_, key?: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key?.ctrl && key.name === 'd') ended.abort();
  });
  return { ...screen, signal: ended.signal };
}

/** Asks somebody at a terminal. A wrong answer is asked again at once, with what to type. Throws `Cancelled`. */
export function askTerminal(given: Screen = {}): Asker {
  const screen = withEnd(given);
  const { wide, got, message, typed } = typing(screen);
  return {
    text: ({ wrong, standard, ...question }) => typed(message(question), wrong, standard),
    async secret({ standard, begins, ...question }) {
      const ask = `${message(question)}\n   ${wide(`Paste it (it is not shown), or type env:NAME or file:/path${standard === undefined ? '' : `; Enter for ${standard}`}`)}`;
      const validate = (text = '') => said(secretFault(text.trim() || (standard ?? ''), begins));
      const text = (await got(prompts.password({ ...screen, message: ask, validate })))?.trim() || (standard ?? '');
      return ANSWERS.reference(text) === undefined ? { reference: text } : { value: text };
    },
    async one(question) {
      const { choices, byHand, standard } = question;
      const ask = message(question);
      const options = { ...screen, message: ask, options: listOf(question), maxItems: LIST };
      const initial = standard === undefined ? {} : { initialValue: standard };
      const hand = () => typed(ask, byHand ?? (() => undefined), standard);
      if (choices.length === 0) return hand();
      const found = await got(
        choices.length > LIST
          ? prompts.autocomplete({ ...options, ...initial, filter: fits, validate: isChosen })
          : prompts.select({ ...options, ...initial }),
      );
      return found === OTHER ? hand() : found;
    },
    async some(question) {
      const { choices, byHand } = question;
      const ask = message(question);
      const wrong: AnswerFault = (text) => {
        const meant = text.split(',').map((one) => meantBy(one, { choices, ...(byHand ? { byHand } : {}) }));
        return meant.flatMap((one) => ('fault' in one ? [one.fault] : []))[0];
      };
      const hand = async () => (await typed(`${ask}\n   Several are separated by commas`, wrong)).split(',');
      if (choices.length === 0) return [...new Set((await hand()).map((one) => one.trim()))];
      const options = { ...screen, message: ask, options: listOf(question), maxItems: LIST, required: true };
      const initialValues = choices.length === 1 ? choices.map(({ id }) => id) : [];
      const found = await got(
        choices.length > LIST
          ? prompts.autocompleteMultiselect({ ...options, initialValues, filter: fits })
          : prompts.multiselect({ ...options, initialValues }),
      );
      const more = found.includes(OTHER) ? (await hand()).map((one) => one.trim()) : [];
      return [...new Set([...found.filter((id) => id !== OTHER), ...more])];
    },
    yes: ({ standard, ...question }) =>
      got(prompts.confirm({ ...screen, message: message(question), initialValue: standard })),
    async more({ standard, ...question }, count) {
      return count === 0 || got(prompts.confirm({ ...screen, message: message(question), initialValue: standard }));
    },
    say: (text) => prompts.log.message(wide(text), screen),
    lacks(_, what) {
      prompts.log.warn(wide(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`), screen);
      return true;
    },
    settle: () => {},
    end: () => {},
  };
}

/** What looks like a reference and is none would be kept as the secret itself. */
const LIKE_A_REFERENCE = /^(?:env|file|keyVault|secretsManager)\s*:/i;

function secretFault(text: string, begins = ''): string | undefined {
  if (text === '') return 'must not be empty: paste it, or type env:NAME';
  if (ANSWERS.reference(text) === undefined) return undefined;
  if (LIKE_A_REFERENCE.test(text))
    return 'must be env:NAME in capitals, or file:/path; one in Key Vault or Secrets Manager is written into the file later';
  return text.startsWith(begins) ? undefined : `must begin with ${begins}`;
}

/** As a sentence. */
function said(fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `It ${fault}`;
}
