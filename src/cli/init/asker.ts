import type { AnswerFault } from '../../config/answers.ts';

interface Question {
  /** Its name in a file of answers, such as `slack.botToken`. */
  readonly key: string;
  readonly ask: string;
  /** Where to find the answer. */
  readonly where?: string;
}

export interface SecretQuestion extends Question {
  /** A reference. */
  readonly standard?: string;
  /** What each such secret begins with. */
  readonly begins?: string;
}

export interface TextQuestion extends Question {
  readonly wrong: AnswerFault;
  /** What counts where nothing is typed. */
  readonly standard?: string;
}

export interface Offered {
  readonly id: string;
  readonly label: string;
}

export interface ChoiceQuestion extends Question {
  readonly choices: readonly Offered[];
  readonly standard?: string;
  /** Lets something be typed that is no choice; where there are no choices, it has to be. */
  readonly byHand?: AnswerFault;
}

/** What was given for a secret: where it is, or itself, to be kept in a file. */
export type SecretAnswer = { readonly reference: string } | { readonly value: string };

/** Who answers: somebody at a terminal, or a file. Each answer that comes out is right; a wrong one is said with what to type. */
export interface Asker {
  text(question: TextQuestion): Promise<string>;
  /** Never echoed. */
  secret(question: SecretQuestion): Promise<SecretAnswer>;
  one(question: ChoiceQuestion): Promise<string>;
  /** At least one. */
  some(question: ChoiceQuestion): Promise<readonly string[]>;
  yes(question: Question & { readonly standard: boolean }): Promise<boolean>;
  /** Is there one more of a list, after so many? */
  more(question: Question & { readonly standard: boolean }, count: number): Promise<boolean>;
  say(text: string): void;
  /** Says what is still missing of a list, in words that begin small; false where nobody can be asked for more. */
  lacks(key: string, what: string): boolean;
  /** Throws all answers that were missing or wrong, before anything is made of them. */
  settle(): void;
  /** Throws what was answered and never asked. */
  end(): void;
}

export const A_SECRET_FILE = 'must be env:NAME or file:/path: secrets do not belong in this file';

/** The ID of what was meant by an ID or a label; the text itself where it may be typed by hand. Or what is wrong with it. */
export function meantBy(
  text: string,
  { choices, byHand }: Pick<ChoiceQuestion, 'choices' | 'byHand'>,
): { readonly id: string } | { readonly fault: string } {
  const typed = text.trim();
  const is = (one: string) => one.toLowerCase() === typed.toLowerCase();
  const found = choices.find(({ id, label }) => is(id) || is(label));
  if (found) return { id: found.id };
  const fault = byHand?.(typed);
  if (byHand) return fault === undefined ? { id: typed } : { fault };
  return { fault: `must be ${choices.map(({ id }) => id).join(' or ')}` };
}
