import { JitError } from '../../core/errors/errors.ts';
import type { Surveys } from '../../surveys.ts';
import type { Asker, SecretAnswer } from './asker.ts';

export type SettingsPart = Readonly<Record<string, unknown>>;

/** Something that is left to do by hand: a sentence, and what to type for it. */
export interface ToDo {
  readonly text: string;
  readonly command?: string;
}

/** What one topic adds to the file, and to what is left to do. */
export interface TopicAnswers {
  readonly settings: SettingsPart;
  readonly left: readonly ToDo[];
}

/** Files of secrets that were pasted or made, each named by what it holds. */
export const SECRET_FILES = [
  'aws-external-id',
  'azure-client-secret',
  'slack-app-token',
  'slack-bot-token',
  'slack-signing-secret',
  'teams-app-password',
] as const;

/** What all topics share. */
export interface Around {
  readonly ask: Asker;
  readonly surveys: Surveys;
  /** Settings that are given beside the answers, such as the hosts of an emulator. */
  readonly given: SettingsPart;
  readonly signal: AbortSignal;
  /** Reference to a secret; one that was pasted is kept in a file of that name, of whoever runs this alone. */
  keep(name: (typeof SECRET_FILES)[number], answer: SecretAnswer): string;
  /** What was given, or what it refers to, where that is set here. */
  secretIn(answer: SecretAnswer): string | undefined;
}

/** A section of the given settings. */
export function givenIn({ given }: Pick<Around, 'given'>, section: string): SettingsPart {
  const part = given[section];
  return typeof part === 'object' && part !== null ? (part as SettingsPart) : {};
}

/** What is looked for, and what to do where it cannot be told. */
interface Search<T> {
  readonly what: string;
  readonly remedy: string;
  read(): Promise<T>;
}

/** What is found, or undefined where it cannot be told, which is said. */
export async function lookedUp<T>(
  { ask }: Pick<Around, 'ask'>,
  { what, remedy, read }: Search<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof JitError ? error.say : 'There was no answer that can be read.';
    ask.say(`Cannot tell ${what}. ${why} ${remedy} Or go on: what is asked next is typed by hand.`);
    return undefined;
  }
}

/** The second settings laid over the first, sections merged. */
export function merged(under: SettingsPart, over: SettingsPart): SettingsPart {
  const isSection = (value: unknown): value is SettingsPart =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = Object.entries(over).map(([key, value]) => {
    const below = under[key];
    return [key, isSection(value) && isSection(below) ? merged(below, value) : value] as const;
  });
  return { ...under, ...Object.fromEntries(entries) };
}
