import { lasting, say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { neededBy } from '../request/ending-unused.ts';
import { isInForce, type Request } from '../request/request.ts';
import type { Fact, Note } from './view.ts';

/** What becomes of it where nobody connects, before it is decided and while it is open; nothing where no policy closes it for that. */
export function unusedFacts(request: Request): readonly Fact[] {
  const { status } = request;
  const counts = status === 'pending' || status === 'scheduled' || isInForce(request);
  const text = counts ? unusedText(request) : undefined;
  return text === undefined ? [] : [{ label: 'If unused', value: [text] }];
}

function unusedText(request: Request): Phrase | undefined {
  const { afterMs, untold, seenAt } = request.unused ?? {};
  if (afterMs === undefined) return undefined;
  if (seenAt !== undefined) return say`stays open until its end: somebody connected, first seen at ${{ at: seenAt }}`;
  if (untold !== undefined) return say`stays open until its end: whether anybody connects cannot be told (${untold})`;
  if (request.status === 'active') return say`closed early unless somebody connects by ${{ at: neededBy(request) }}`;
  return say`closed early unless somebody connects within ${lasting(afterMs)}`;
}

/** The same in a sentence, for whoever decides. */
export function unusedNotes(request: Request): readonly Note[] {
  const { afterMs, untold } = request.unused ?? {};
  if (request.status !== 'pending' || afterMs === undefined) return [];
  const text =
    untold === undefined
      ? say`Closed early unless somebody connects within ${lasting(afterMs)}.`
      : say`It stays open until its end, used or not: whether anybody connects cannot be told (${untold}).`;
  return [{ tone: 'info', text: [text] }];
}

/** Behind the news that it is open, with a space in front; empty where nothing closes it early. */
export function unusedLine(request: Request): Line {
  const { afterMs, untold, seenAt } = request.unused ?? {};
  if (request.status !== 'active' || afterMs === undefined || untold !== undefined || seenAt !== undefined) return [];
  return [say` It is closed early unless somebody connects by ${{ at: neededBy(request) }}.`];
}
