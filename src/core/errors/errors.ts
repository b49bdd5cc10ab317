import type { Entry, Kind } from './entry.ts';
import { ERROR_TABLE } from './table.ts';

export type Code = keyof typeof ERROR_TABLE;

export const ERRORS: Readonly<Record<Code, Entry>> = ERROR_TABLE;

interface Extra {
  /** Milliseconds after which trying again makes sense. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error class. Its message is for logs; chats are shown `say` and `hint`. */
export class JitError extends Error {
  override readonly name = 'JitError';
  readonly code: Code;
  readonly kind: Kind;
  readonly say: string;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: Code, words: Readonly<Record<string, string | number>> = {}, extra: Extra = {}) {
    const { kind, say, hint } = ERRORS[code] as Entry;
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, word: string) => String(words[word] ?? '…'));
    super(`${code}: ${fill(say)}`, { cause: extra.cause });
    this.code = code;
    this.kind = kind;
    this.say = fill(say);
    this.hint = hint === undefined ? undefined : fill(hint);
    this.retryAfterMs = extra.retryAfterMs;
  }
}

/** What a person is told of any error. The text of an exception that is not ours never gets out. */
export function sayOf(error: unknown, reference: string): { readonly code: Code; readonly text: string } {
  const known = error instanceof JitError ? error : new JitError('bug', { reference });
  return { code: known.code, text: known.hint ? `${known.say} ${known.hint}` : known.say };
}
