import { durationText } from '../language/duration.ts';
import { singled } from '../language/quotation.ts';
import { lasting, say } from '../language/say.ts';
import { LONGEST_REASON } from '../language/terms.ts';
import type { Line, Phrase } from '../language/text.ts';
import type { Offer, OfferTerms } from '../request/offer.ts';
import { offerOf } from '../request/offering.ts';
import type { Moment, Pending, Refused, Request } from '../request/request.ts';
import { portText } from '../rule/port.ts';
import { namedSourceWords } from '../rule/source.ts';
import type { Button, Note, View } from './view.ts';
import { nameOf, portList, who } from './words.ts';

/** `port 22 (SSH) from 203.0.113.7 for 30 min`. */
export function termsText(terms: OfferTerms): Phrase {
  return say`${portList(terms.ports)} from ${namedSourceWords(terms)} for ${lasting(terms.forMs)}`;
}

/** The same as it is typed, to be changed by whoever offers less. */
export function typedTerms({ ports, source, sourceName, forMs }: OfferTerms): string {
  const from = sourceName ?? source;
  return `${ports.map(portText).join(', ')} from ${from} for ${durationText(forMs).replaceAll(' ', '')}`;
}

/** An offer that waits for the requester. */
export function offerNotes(request: Request): readonly Note[] {
  const offer = offerOf(request);
  if (!offer) return [];
  const reason = offer.reason ? [say` Reason: “${singled(offer.reason)}”`] : [];
  const text: Line = [
    say`${who(offer.by)} would approve less: ${termsText(offer)}. ${who(request.requester)} can accept it.${afterwards(offer)}${reason}`,
  ];
  return [{ tone: 'info', text }];
}

function afterwards({ afterwards: text }: Offer): Line {
  return text === undefined ? [] : [' ', text];
}

const LESS: Button = { verb: 'less', label: 'Approve for less', style: 'plain' };
const ACCEPT: Button = { verb: 'accept', label: 'Accept offer', style: 'primary' };
const DECLINE: Button = { verb: 'decline', label: 'Decline offer', style: 'plain' };

/** What is pressed about offers while a request waits. */
export function offerButtons(request: Pending): readonly Button[] {
  const initial = typedTerms(request);
  // Of very many ports it would be cut, and mean others.
  const less = initial.length > LONGEST_REASON ? LESS : { ...LESS, initial };
  return offerOf(request) ? [less, ACCEPT, DECLINE] : [less];
}

type Milestone = Pick<View, 'announce' | 'headline'>;

/** `Grace would approve less for api-1: … To accept: …`; empty where nothing is offered. */
export function offerLine(request: Pending): Line {
  const { offer, id } = request;
  if (!offer) return [];
  const what = say` would approve less for ${nameOf(request)}: ${termsText(offer)}.`;
  return [say`${who(offer.by)}${what} To accept: the button, or \`/jit accept ${id}\`.`];
}

/** The requester is told what is offered, and whoever offered it that it is declined. */
export function offerNews(request: Pending, newest: Moment): Milestone {
  const { offer, requester } = request;
  const name = nameOf(request);
  if (offer) {
    const reason = offer.reason ? [say` Reason: “${singled(offer.reason)}”`] : [];
    return {
      announce: `offer-${offer.version}`,
      headline: [say`${who(requester)}: ${offerLine(request)}${afterwards(offer)}${reason}`],
    };
  }
  const isOwn = newest.by === requester.id;
  const by: Line = isOwn
    ? [say`${who(requester)} declined what was offered for ${name}`]
    : [say`What was offered for ${name} was taken back`];
  return { announce: `declined-offer-${newest.at}`, headline: [say`${by}. The request waits as before.`] };
}

/** It gave way to what was offered. */
export function acceptedLine(request: Refused): Line | undefined {
  const { offer, requester } = request;
  if (!offer?.accepted) return undefined;
  return [
    say`${who(requester)} accepted what ${who(offer.by)} offered for ${nameOf(request)}: ${termsText(offer)}. A new request is for that.`,
  ];
}
