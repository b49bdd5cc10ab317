import { approvalsOf, offerOf } from '../request/offering.ts';
import { isTheirs } from '../request/on-behalf.ts';
import { extensionOf, type Request } from '../request/request.ts';
import { notesOfHistory } from './history.ts';
import type { Verb, View } from './view.ts';

/**
 * Who reads a card: a person in their own chat, by id, or all who are in a channel. `toldAlone` are those whose request it is and
 * who have a card of their own, so that a channel need not carry their buttons.
 */
export type Reader =
  | { readonly person: string | undefined; readonly as?: ReadAs }
  | { readonly toldAlone: (id: string) => boolean };

/** What somebody may do whom the request does not name: decide, or close. */
export type ReadAs = 'decider' | 'closer';

/** What whoever asked for somebody else may do, as the person whose access it is. */
const OF_BOTH: readonly Verb[] = ['accept', 'decline', 'answer', 'nudge', 'withdraw', 'revoke'];
const OF_REQUESTER: readonly Verb[] = [...OF_BOTH, 'extend', 'move', 'why', 'again'];
const OF_DECIDER: readonly Verb[] = ['approve', 'less', 'ask', 'deny', 'revoke', 'right', 'wrong'];
/** Whoever approved it may still say no, or end it. */
const OF_APPROVER: readonly Verb[] = ['ask', 'deny', 'revoke'];

/** What tells whoever presses it, and changes nothing. */
const OF_ANYBODY: readonly Verb[] = ['why', 'details'];

/** The view with the buttons that its reader may press. A press by anybody else is refused in words all the same. */
export function readBy(view: View, request: Request, reader: Reader): View {
  const may = 'person' in reader ? verbsOf(request, reader.person, reader.as) : inChannel(request, reader.toldAlone);
  const isOwn = 'person' in reader && reader.person !== undefined && offerOf(request)?.by.id === reader.person;
  const buttons = view.buttons.flatMap((button) => {
    if (isOwn && button.verb === 'decline') return [{ ...button, label: 'Take back offer' }];
    return may.has(button.verb) ? [button] : [];
  });
  // For whoever decides: whoever asked knows.
  const isTold = !('person' in reader && reader.person !== undefined && isTheirs(request, reader.person));
  const notes = isTold ? [...notesOfHistory(request), ...view.notes] : view.notes;
  return { ...view, buttons, notes };
}

/**
 * What is left of a channel's card where each reader can have an edition of their own: what anybody may press. `isLess` where that
 * is not all there was.
 */
export function forAnybody(view: View): { readonly view: View; readonly isLess: boolean } {
  const buttons = view.buttons.filter(({ verb }) => OF_ANYBODY.includes(verb));
  return { view: { ...view, buttons }, isLess: buttons.length < view.buttons.length };
}

/** Ids of all whom the request names, and who may therefore press something: those whose it is, are asked, or decided. */
export function readersOf({ requester, askedBy, asked, reviews }: Request): readonly string[] {
  const all = [requester, ...(askedBy ? [askedBy] : []), ...asked, ...reviews.map(({ by }) => by)];
  return [...new Set(all.map(({ id }) => id))];
}

function verbsOf(request: Request, person: string | undefined, as: ReadAs | undefined): ReadonlySet<Verb> {
  if (person === undefined) return new Set();
  if (request.requester.id === person) return new Set(OF_REQUESTER);
  if (request.askedBy?.id === person) return new Set(OF_BOTH);
  if (hasApproved(request, person)) return new Set(OF_APPROVER);
  if (request.asked.some(({ id }) => id === person)) return new Set(OF_DECIDER);
  if (as === 'decider') return new Set(OF_DECIDER);
  return new Set(as === 'closer' || request.reviews.some(({ by }) => by.id === person) ? ['revoke'] : []);
}

/** What decides; and what those may press whose request it is, where they have no card of their own. */
function inChannel(request: Request, toldAlone: (id: string) => boolean): ReadonlySet<Verb> {
  const { requester, askedBy } = request;
  return new Set<Verb>([
    ...OF_DECIDER,
    // It tells the one who presses, whoever has to do with the machine.
    'why',
    ...(toldAlone(requester.id) ? [] : OF_REQUESTER),
    ...(askedBy && !toldAlone(askedBy.id) ? OF_BOTH : []),
  ]);
}

/** NB. an approval of what was something else counts no more, and is asked for again. */
function hasApproved(request: Request, person: string): boolean {
  const extension = extensionOf(request);
  const given = extension ? extension.reviews : approvalsOf(request);
  return given.some(({ by }) => by.id === person);
}
