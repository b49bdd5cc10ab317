import { JitError } from '../errors/errors.ts';
import { SECOND_MS } from '../language/instant.ts';
import { lasting, say } from '../language/say.ts';
import type { Saying } from '../language/text.ts';

interface Silence {
  readonly cause: unknown;
  /** How long the chat asks to wait, in ms, where it takes no more questions. */
  readonly waitMs: number | undefined;
  /** What happens next, where it is not the person who tries again. */
  readonly then?: Saying | undefined;
}

/** A chat said nothing of a person: why, and what is to be done. Nothing was done. */
export function whoSilent(chat: 'Slack' | 'Teams', { cause, waitMs, then }: Silence): JitError {
  const why = waitMs === undefined ? say`it does not answer` : say`it takes no more questions for now`;
  // In whole seconds, and not before.
  const next = say`Try again in ${lasting(Math.ceil((waitMs ?? 0) / SECOND_MS) * SECOND_MS)}.`;
  const own = waitMs === undefined ? say`Try again in a minute.` : next;
  const extra = { cause, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
  return new JitError('whoSilent', { chat, why, next: then ?? own }, extra);
}
