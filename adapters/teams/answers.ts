import { type Line, phrased } from '../../src/core/language/text.ts';
import type { Json } from './json.ts';
import { readerOf } from './reply.ts';
import { inWords } from './text.ts';
import type { TeamsDelivery } from './verify.ts';

/** The body of the answer to an invoke (Teams, "Universal Actions for Adaptive Cards": response format). */
export interface InvokeAnswer {
  readonly statusCode: 200 | 400 | 500;
  readonly type: string;
  readonly value: unknown;
}

/** The same to what was asked for from a dialog or a message extension (Teams, "Action commands": responses). */
export interface DialogAnswer {
  readonly task:
    | { readonly type: 'message'; readonly value: string }
    | { readonly type: 'continue'; readonly value: Json };
}

export interface PressDone {
  readonly answer: InvokeAnswer | DialogAnswer;
  /** What has to be said in a message when the answer comes too late. */
  readonly say: readonly Line[];
  /** The form again, with what is wrong with it, where it could not be taken. */
  readonly form?: { readonly card: Json; readonly summary: string };
}

export const TOO_OFTEN = 'That was pressed very often. Please try again in a minute.';
/** What only reads is not told afterwards. */
export const SLOW = 'That took too long. Please try again.';

/** A text for the one who pressed. */
export function text(value: string): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value };
}

/** What a client does not show that asked by itself; it keeps the card that it has. */
export function failed(code: 'BadRequest' | 'InternalServerError', message: string): InvokeAnswer {
  const statusCode = code === 'BadRequest' ? 400 : 500;
  return { statusCode, type: 'application/vnd.microsoft.error', value: { code, message } };
}

/** Instants on the reader's clock. */
export function notice(
  lines: readonly Line[],
  delivery: Pick<TeamsDelivery, 'zone' | 'language' | 'at'>,
): InvokeAnswer {
  const reader = readerOf(delivery);
  return text(lines.map((line) => inWords(line, reader)).join('\n') || phrased('Done.', reader.tongue));
}

/** NB. Teams closes a dialog that says nothing. */
export function dialogText(value: string): DialogAnswer {
  return { task: { type: 'message', value } };
}

export function dialog(card: Json): DialogAnswer {
  const content = { contentType: 'application/vnd.microsoft.card.adaptive', content: card };
  return {
    task: { type: 'continue', value: { title: 'Drawbridge', width: 'medium', height: 'large', card: content } },
  };
}

/** Words in the form that the client shows for what it asked. */
export function saying(invoke: string, value: string): object {
  if (invoke === 'composeExtension/query' || invoke === 'composeExtension/queryLink')
    return { composeExtension: { type: 'message', text: value } };
  return /^(?:composeExtension|task)\//.test(invoke) ? dialogText(value) : text(value);
}

export function shown(card: Json): InvokeAnswer {
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card };
}
