import { lasting, say } from '../language/say.ts';
import { type Line, type Phrase, tidy } from '../language/text.ts';
import { addressList } from '../machine/address.ts';
import { extensionOf, isApproved, isInForce, type Request } from '../request/request.ts';
import { portLabel } from '../rule/port.ts';
import { namedSourceWords } from '../rule/source.ts';
import { countText, laterText, neededLine } from './approvals.ts';
import { askedLine, leftOutLine } from './asked.ts';
import { whereText } from './brief.ts';
import { glassFacts } from './glass.ts';
import { tagFacts } from './history.ts';
import { movesList } from './moves.ts';
import { sessionsFact } from './sessions.ts';
import { startFacts } from './starting.ts';
import { unusedFacts } from './unused.ts';
import type { Fact } from './view.ts';
import { whoseText } from './whose.ts';
import { approving, capitalised, connectWords, endByLine, fromText, listed, who } from './words.ts';

/** The longest name that a tag can give an EC2 instance ("Tag your Amazon EC2 resources"). */
const LONGEST_NAME = 256;

/** What was asked for, by whom, and who has a say, in the order in which it is read. */
export function factsOf(request: Request): readonly Fact[] {
  const { moveWithin = [] } = request;
  return [
    fact('Machine', [tidy(request.machineName, LONGEST_NAME)]),
    ...togetherFacts(request),
    fact('Where', [whereText(request, 'whole')]),
    ...(request.addresses && request.addresses.length > 0 && !isInForce(request)
      ? [fact('Address', [addressList(request.addresses)])]
      : []),
    ...tagFacts(request),
    fact(request.ports.length > 1 ? say`Ports` : say`Port`, [request.ports.map(portLabel).join(', ')]),
    fact('From', [fromText(request)]),
    ...whoseFacts(request),
    ...(moveWithin.length > 0 ? [fact('May move within', [movesList(moveWithin)])] : []),
    ...(request.moved
      ? [fact('Moved from', [namedSourceWords({ ...request.moved, source: request.moved.from })])]
      : []),
    fact('For', forText(request)),
    ...startFacts(request),
    ...connectFacts(request),
    ...(request.status === 'pending' || isInForce(request) ? [fact('Sessions', [sessionsFact(request)])] : []),
    ...unusedFacts(request),
    fact('Requester', [who(request.requester)]),
    ...(request.askedBy ? [fact('Asked by', [who(request.askedBy)])] : []),
    ...decisionFacts(request),
    fact(policyLabel(request), [request.policies.join(', ')]),
    ...glassFacts(request),
    fact('Request', [request.id]),
    ...(request.follows === undefined ? [] : [fact('Follows', [say`request ${request.follows}`])]),
  ];
}

function forText(request: Request): Line {
  if (isApproved(request)) return [say`${lasting(request.lease.until - request.lease.from)}`];
  return [say`${lasting(request.forMs)}${endByLine(request)}`];
}

function policyLabel({ breakGlass, policies }: Request): Phrase {
  if (breakGlass) return say`Break-glass rule`;
  return policies.length > 1 ? say`Policies` : say`Policy`;
}

/** Whose address it is, as far as that is known. */
function whoseFacts(request: Request): readonly Fact[] {
  const text = whoseText(request);
  return text === '' ? [] : [fact('Whose address', [text])];
}

/** What was requested in the same command. */
function togetherFacts({ together }: Request): readonly Fact[] {
  return together ? [fact('Requested with', [`${together.machines.join(', ')} (${together.id})`])] : [];
}

function connectFacts(request: Request): readonly Fact[] {
  const connect = isInForce(request) ? connectWords(request) : undefined;
  return connect === undefined ? [] : [fact('Connect to', [connect])];
}

function decisionFacts(request: Request): readonly Fact[] {
  const extension = extensionOf(request);
  const reviews = extension ? [...request.reviews, ...extension.reviews] : request.reviews;
  const approved = approving(reviews);
  const count = countText(request);
  const needed = neededLine(request);
  const later = laterText(request);
  const isWaiting = request.status === 'pending' || extension !== undefined;
  return [
    ...(extension
      ? [fact('Extension', [say`${lasting(extension.forMs)} more, asked at ${{ at: extension.at }}`])]
      : []),
    ...(approved.length > 0 ? [fact('Approved by', listed(approved, 'and'))] : []),
    ...(count === '' ? [] : [fact('Approvals', capitalised([count]))]),
    ...(count !== '' && needed.length > 0 ? [fact('Still needed', needed)] : []),
    ...(later === '' ? [] : [fact('After that', [later])]),
    ...(isWaiting ? askedFacts(request, count !== '') : []),
  ];
}

/** Whom it asks now, and as what. Where it is counted, the names are there already. */
function askedFacts(request: Request, isCounted: boolean): readonly Fact[] {
  const { asked, leftOut = [] } = request;
  const isTold = isCounted ? asked.some((one) => one.as !== undefined) : asked.length > 0;
  return [
    ...(isTold ? [fact('Asked', askedLine(asked))] : []),
    ...(leftOut.length > 0 ? [fact('Not asked', leftOutLine(leftOut))] : []),
  ];
}

function fact(label: Phrase, value: Line): Fact {
  return { label, value };
}
