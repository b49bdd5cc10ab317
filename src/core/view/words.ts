import type { Instant } from '../language/instant.ts';
import { namesApart } from '../language/names-apart.ts';
import { and, commas, or, say } from '../language/say.ts';
import type { Line, Phrase, Shown } from '../language/text.ts';
import { tidy } from '../language/text.ts';
import { addressList } from '../machine/address.ts';
import { type Closing, type Ended, type InForce, type Moment, type Request, wasOpen } from '../request/request.ts';
import type { Review, Who } from '../request/review.ts';
import { type Port, portLabel } from '../rule/port.ts';
import { isAny, isPrivate, isPrivateWord, type NamedSource, namedSourceWords, sourceText } from '../rule/source.ts';

/** After so many tries in vain a card is an alarm; closing is announced then, and again at each doubling. */
export const LOUD_AFTER = 3;
const LONGEST_NAME = 80;
const LONGEST_TEXT = 200;

/** Why it is over. */
export function over(request: Closing | Ended): Line {
  const { ending } = request;
  if (ending.why === 'revoked' && ending.movedTo)
    return [say`Moved to ${sourceText(ending.movedTo.source)} by ${who(ending.by)}`];
  if (ending.why === 'revoked') return [say`Revoked by ${who(ending.by)}`];
  if (ending.why === 'failed') return [wasOpen(request) ? say`Ended early` : say`Could not be opened`];
  return [say`Time is up`];
}

/** Whoever denied last: the denial of an extension stands behind what was said of the request. */
export function denier({ reviews }: Request): Line {
  const review = reviews.findLast(({ verdict }) => verdict === 'deny');
  return review ? decider({ ...review.by, ...(review.for ? { for: review.for } : {}) }) : [say`somebody`];
}

/** Everybody who approved, each once: the request, and the extensions since. Nobody: the policy did. */
export function approvers({ reviews, policies }: Request): Line {
  const people = approving(reviews);
  return people.length > 0 ? listed(people, 'and') : [say`policy ${policies.join(', ')}`];
}

export function approving(reviews: readonly Review[]): readonly Decider[] {
  const own = reviews
    .filter(({ verdict }) => verdict === 'approve')
    .map(({ by, for: other }): Decider => ({ ...by, ...(other ? { for: other } : {}) }));
  return [...new Map(own.map((person) => [person.id, person])).values()];
}

/** Somebody, and whom they decided for where it was not themselves. */
type Decider = Who & { readonly for?: Who };

function decider(one: Decider): Line {
  return one.for ? [say`${who(one)} for ${who(one.for)}`] : [who(one)];
}

export function who(person: Who): Shown {
  return { person: person.id, name: person.name };
}

/** So many people are named; of the rest it is said how many there are. */
export const MOST_NAMES = 5;

/** `Ada, Grace and Sam`; `Ada, Grace, Sam, Lin and 38 others`. */
export function listed(people: readonly Decider[], word: 'and' | 'or'): Line {
  const shown = people.length > MOST_NAMES ? people.slice(0, MOST_NAMES - 1) : people;
  const names = shown.map(decider);
  const all = people.length > shown.length ? [...names, [say`${people.length - shown.length} others`]] : names;
  return all.length === 0 ? [] : [say`${word === 'and' ? and(all) : or(all)}`];
}

const MOST_PORTS = 12;

/** `port 22 (SSH)`, `ports 22 (SSH), 3389 (RDP)`; of very many the first, and how many more. */
export function portList(ports: readonly Port[]): Phrase {
  const shown = ports.length > MOST_PORTS ? ports.slice(0, MOST_PORTS - 1) : ports;
  const more = ports.length - shown.length;
  const all = [...shown.map(portLabel), ...(more > 0 ? [say`${more} more`] : [])];
  return ports.length === 1 ? say`port ${commas(all)}` : say`ports ${commas(all)}`;
}

/** `203.0.113.7`, `vpn (10.8.0.0/16)`, or the subnet of a Bastion with its name. */
export function fromText(from: NamedSource & Pick<Request, 'bastion'>): Phrase {
  return from.bastion === undefined
    ? namedSourceWords(from)
    : say`${sourceText(from.source)} (Bastion ${from.bastion})`;
}

/** Where people connect to while it is open, whichever way they come; undefined where the cloud does not tell. */
export function connectWords(request: InForce): Phrase | undefined {
  const { lease, addresses = [], bastion } = request;
  const list = addresses.length > 0 ? addressList(addresses) : undefined;
  const to = lease.connect ?? list;
  if (list !== undefined && isLedThere(request))
    return say`what leads there, such as a load balancer or a VPN, whose address Drawbridge cannot tell; the machine itself has ${list} only`;
  if (bastion === undefined) return to;
  return to === undefined ? say`it through the Bastion ${bastion}` : say`${to} through the Bastion ${bastion}`;
}

/** Do people come from the Internet to a machine of which only private addresses are known? Then they dial something in front of it. */
export function isLedThere({ source, bastion, lease, addresses = [] }: InForce): boolean {
  if (bastion !== undefined || lease.connect !== undefined || addresses.length === 0) return false;
  return !isAny(source) && !isPrivate(source) && addresses.every((address) => isPrivateWord(address));
}

/** Somebody took away what lets an access in, or put something in its way, and it was put right. */
export function reattachedText({ event, text }: Moment, machine: Phrase = say`the machine`): Phrase {
  if (event === 'followed') {
    const group = tidy(text ?? '', LONGEST_TEXT);
    return say`the network security groups of ${machine} were changed, and ${group} let nobody in by this access; Drawbridge opened it there too. If that happens again, the access ends.`;
  }
  const by = text === undefined ? '' : say` by ${tidy(text, LONGEST_TEXT)}`;
  return say`the security group of this access was taken off ${machine}${by}, so nobody could get in; Drawbridge put it back. If that happens again, the access ends.`;
}

/** ` for @sam` where somebody else asked for it. */
export function forWhom({ requester, askedBy }: Pick<Request, 'requester' | 'askedBy'>): Line {
  return askedBy ? [say` for ${who(requester)}`] : [];
}

/** The machine's name where it stands in a sentence; whole it is among the facts. */
export function nameOf({ machineName }: Pick<Request, 'machineName'>): string {
  return tidy(machineName, LONGEST_NAME);
}

type Named = Pick<Request, 'machine' | 'machineName'>;

/** The same of several that are shown together: those that look the same are told apart. */
export function namesAmong(all: readonly Named[]): (one: Named) => string {
  const named = (one: Named) => ({ id: one.machine, name: nameOf(one) });
  const apart = namesApart(all.map(named));
  return (one) => apart(named(one));
}

/** The line with its first letter in upper, or in lower case: what is in it stays as it was written. */
export function capitalised(line: Line): Line {
  return [{ say: '{0}', with: { 0: line }, first: 'upper' }];
}

export function lowered(line: Line): Line {
  return [{ say: '{0}', with: { 0: line }, first: 'lower' }];
}

/** For whoever sent something so long ago that doing it now would surprise them. */
export function tooLateToGoOn(since: Instant): Line {
  return [
    say`Drawbridge was stopped before it could answer what you sent at ${{ at: since }}. It is too late to go on with it. Look at \`/jit list\`, and send it again if it was not done.`,
  ];
}

/** Behind a time: the end that it has at the latest, however late it is approved. */
export function endByLine({ endBy }: Pick<Request, 'endBy'>): Line {
  return endBy === undefined ? [] : [say`, until ${{ at: endBy }} at the latest`];
}
