import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { type Place, placeKey } from '../../core/people/place.ts';
import { firstIn } from '../../core/request/group.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import type { DecidingVerb } from '../../core/view/view.ts';
import type { Answer, Press, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { reviewGlass } from '../glass/review.ts';
import { requestAgain } from '../request/again.ts';
import { decide } from '../request/decide.ts';
import { revoke, withdraw } from '../request/end.ts';
import { extendOnce } from '../request/extend.ts';
import { answerQuestions, askRequester } from '../request/question.ts';
import { taken } from '../request/taken.ts';
import { whyRequested } from '../request/why.ts';
import { decided } from '../request/words.ts';
import { viewFor } from './edition.ts';
import { groupPressed } from './group-presses.ts';
import { beginMove } from './moving.ts';
import { nudgePressed } from './nudging.ts';
import { isOfferVerb, offerPressed } from './offers.ts';
import { decision } from './refusals.ts';
import { remedied } from './remedies.ts';
import { details } from './show.ts';
import { steppingUp } from './stepping-up.ts';
import { told } from './told.ts';

/** A button on a card. The card of the answer is the newest one, also where the press is refused. */
export async function pressed(deps: Deps, person: Person, press: Press, sender: Sender): Promise<Answer> {
  const { verb, request: id, version, reason } = press;
  const first = firstIn(id);
  await adopt(deps, first === undefined ? press : { ...press, request: first });
  if (first !== undefined) return groupPressed(deps, person, { ...press, request: first }, sender);
  // It changes nothing: of an older card it is as true as of the newest, and a refusal is no refused decision.
  if (verb === 'why') return { lines: [], refused: false, report: await whyRequested(deps, person, id) };
  if (verb === 'details') return { lines: [], refused: false, report: await details(deps, person, id) };
  if (verb === 'nudge') return nudgePressed(deps, person, id);
  const answer = (given: DecidingVerb, work: () => Promise<Outcome>) =>
    answered(deps, { person, place: sender.place }, { ...press, verb: given }, work);
  if (isOfferVerb(verb)) return answer(verb, () => offerPressed(deps, person, { ...press, verb }));
  if (verb === 'move') return moving(deps, person, press, sender);
  if (verb === 'again')
    return answer(verb, async () => {
      const { request } = await deps.store.load(id);
      return { lines: taken(await requestAgain(deps, person, id, sender), { source: 'as before' }), request };
    });
  const done = async (): Promise<Request> => {
    switch (verb) {
      case 'approve':
      case 'deny':
        return decide(deps, person, {
          request: id,
          version,
          verdict: verb,
          ...(reason === undefined ? {} : { reason }),
        });
      case 'withdraw':
        return withdraw(deps, person, id);
      case 'revoke':
        return revoke(deps, person, id, reason);
      case 'right':
      case 'wrong':
        return reviewGlass(deps, person, { request: id, verdict: verb, words: reason });
      case 'ask':
        return askRequester(deps, person, id, reason);
      case 'answer':
        return answerQuestions(deps, person, id, reason);
      case 'extend':
        return extendOnce(deps, person, id, { since: sender.since, shown: version });
    }
  };
  return answer(verb, async () => {
    const request = await done();
    // The card says the rest to everybody; who approved and was not the last is told who is still needed.
    const isMore = verb === 'approve' && isWaiting(request);
    return { lines: isMore ? [decided(request, 'approve')] : [], request };
  });
}

/** A link for whoever pressed, or why there is none. */
async function moving(deps: Deps, person: Person, { request: id }: Press, sender: Sender): Promise<Answer> {
  return decision(deps, { verb: 'move', request: id }, () => beginMove(deps, person, id, sender));
}

interface Outcome {
  readonly lines: readonly Line[];
  readonly request: Request | undefined;
}

interface Presser {
  readonly person: Person;
  readonly place: Place;
}

/** What a press did, or why it was refused. */
async function answered(
  deps: Deps,
  { person, place }: Presser,
  { verb, request: id, version, reason }: Press & { readonly verb: DecidingVerb },
  work: () => Promise<Outcome>,
): Promise<Answer> {
  const shown = async (request: Request | undefined) =>
    request ? { view: await viewFor(deps, person, request, place) } : {};
  try {
    const { lines, request } = await decision(deps, { verb, request: id }, work);
    return { lines, refused: false, ...(await shown(request)) };
  } catch (error) {
    const begun =
      verb === 'approve'
        ? await steppingUp(deps, person, { request: id, version, ...(reason ? { reason } : {}) }, error)
        : undefined;
    if (begun) return begun;
    const { request } = await deps.store.load(id);
    // The card is out of date or lost: the newest view goes with the refusal, for chats that can show it.
    const lines: readonly Line[] = [told(deps, await remedied(deps, person, error)).line];
    return { lines, refused: true, ...(await shown(request)) };
  }
}

/** A card that was posted while nobody heard the answer is adopted at its first click. */
async function adopt(deps: Deps, { request: id, card }: Press): Promise<void> {
  if (!card) return;
  const cards = await deps.store.cards(id);
  const known = cards.find((one) => placeKey(one.place) === placeKey(card.place));
  if (known && !known.ref && (card.nonce === undefined || card.nonce === known.nonce)) {
    await deps.store.keepCard(id, { ...known, ref: card.ref });
  }
}
