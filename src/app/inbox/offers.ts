import { readLess } from '../../core/language/approve-ask.ts';
import type { LessAsk } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { offerOf } from '../../core/request/offering.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { termsText } from '../../core/view/offer-words.ts';
import { nameOf, who } from '../../core/view/words.ts';
import type { Press } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { acceptOffer } from '../request/accept.ts';
import { declineOffer, offerLess } from '../request/offer.ts';
import { submitted, wouldDecide } from '../request/words.ts';

/** The verbs of offers. */
export type OfferVerb = 'less' | 'accept' | 'decline';

export function isOfferVerb(verb: string): verb is OfferVerb {
  return verb === 'less' || verb === 'accept' || verb === 'decline';
}

interface Typed {
  readonly verb: OfferVerb;
  readonly which?: string;
  readonly reason?: string;
  readonly less?: LessAsk;
}

/** What was typed about an offer. An offer names the id of its request, like any decision. */
export async function offerTyped(
  deps: Deps,
  person: Person,
  { verb, which, reason, less }: Typed,
  find: (fits: (request: Request) => boolean) => Promise<Request>,
): Promise<readonly Line[]> {
  if (verb === 'less') {
    const request = await find((one) => !isTheirs(one, person.id) && isWaiting(one));
    const said = reason === undefined ? {} : { reason };
    if (!less) return wouldDecide(request, { verb: 'approve', ...said });
    if (which?.toLowerCase() !== request.id) return wouldDecide(request, { verb, less, ...said });
    const given = { request: request.id, less, ...said };
    return offeredLines(await offerLess(deps, person, given));
  }
  const { id } = await find((one) => offerOf(one) !== undefined);
  if (verb === 'decline') return declinedLines(await declineOffer(deps, person, id));
  return submitted(await acceptOffer(deps, person, id), true);
}

/** The same for a button: the card that was pressed shows what became of it. */
export async function offerPressed(
  deps: Deps,
  person: Person,
  { verb, request: id, version, reason = '' }: Press & { readonly verb: OfferVerb },
): Promise<{ readonly lines: readonly Line[]; readonly request: Request | undefined }> {
  if (verb === 'less') {
    const request = await offerLess(deps, person, { request: id, version, ...readLess(reason, deps.rules.sources) });
    return { lines: offeredLines(request), request };
  }
  if (verb === 'decline') {
    const request = await declineOffer(deps, person, id, version);
    return { lines: declinedLines(request), request };
  }
  const next = await acceptOffer(deps, person, id, version);
  const { request } = await deps.store.load(id);
  return { lines: submitted(next, true), request };
}

function offeredLines(request: Request): readonly Line[] {
  const offer = offerOf(request);
  const what = offer ? say`: ${termsText(offer)}` : '';
  return [
    [say`Offered for ${nameOf(request)}${what}. ${who(request.requester)} is told, and can accept it.`],
    [say`Nothing was approved yet; request \`${request.id}\` waits as before.`],
  ];
}

function declinedLines(request: Request): readonly Line[] {
  return [[say`The offer for ${nameOf(request)} is off; request \`${request.id}\` waits as before.`]];
}
