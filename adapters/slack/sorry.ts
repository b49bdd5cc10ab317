import { randomBytes } from 'node:crypto';
import { sayOf } from '../../src/core/errors/errors.ts';
import { type Line, plainly, spoken, type Tongue } from '../../src/core/language/text.ts';
import type { Log } from '../../src/ports/log.ts';
import { lines } from './text.ts';

/** For guests, and for people of other organizations. */
export const NOT_A_MEMBER =
  'Drawbridge is for full members of this workspace only. Ask one of them to request access for you.';

/** In what Bolt hands on with a delivery: why the person could not be told how it went, a `JitError`. */
export const UNHEARD = 'unheard';
/** The same: what its acknowledgement said. NB. Bolt copies all else for each listener. */
export const SAID = 'said';

/** Who reads it: their language, and what brings a text into their own chat. */
export interface SorryReader {
  readonly tongue: Tongue;
  readonly tell?: (text: string) => Promise<unknown>;
}

type Ack = (answer?: unknown) => Promise<void>;
type Respond = (message: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** What the tools of all kinds of delivery have in common. */
export interface Delivered {
  readonly body: unknown;
  ack?: unknown;
  readonly respond?: unknown;
}

interface Body {
  readonly type?: string;
  readonly command?: string;
  readonly view?: { readonly blocks?: readonly { readonly type: string; readonly block_id?: string }[] };
}

/**
 * Acknowledges a delivery that could not be handled, and tells the person so in the way that its kind has: nobody is left
 * waiting, and a form keeps what was written in it. The error itself goes to the log alone, under the reference that the
 * person is given.
 */
export async function apologise(delivered: Delivered, error: unknown, log: Log, reader: SorryReader): Promise<void> {
  const { line, reference } = wordsFor(error);
  log.error({ error, reference }, 'a Slack delivery could not be handled');
  await turnDown(delivered, line, reader);
}

/** Acknowledges a delivery of which nothing is done, and tells the person why, in their language. */
export async function turnDown(
  { body, ack, respond }: Delivered,
  why: Line,
  { tongue, tell }: SorryReader,
): Promise<void> {
  const done = ack as Ack | undefined;
  const { type, command, view } = body as Body;
  const message = {
    response_type: 'ephemeral',
    replace_original: false,
    text: lines([why], { slackIdOf: () => undefined, tongue }),
  };
  if (command !== undefined) return done?.(message);
  if (type === 'block_suggestion') return done?.({ options: [] });
  const input = view?.blocks?.find((block) => block.type === 'input')?.block_id;
  if (type === 'view_submission' && input)
    return done?.({ response_action: 'errors', errors: { [input]: plainly(spoken(why, tongue)) } });
  await done?.();
  if (respond) await (respond as Respond)(message);
  // A shortcut, a page, and a form have no room for an answer. An event comes again, and is answered then.
  else if (type !== 'event_callback') await tell?.(message.text);
}

/** What may be said of an error, and the reference under which it is logged. */
export function wordsFor(error: unknown): { readonly line: Line; readonly reference: string } {
  const reference = randomBytes(5).toString('hex');
  return { line: sayOf(error, reference).line, reference };
}
