import { say } from '../language/say.ts';
import type { Line, Phrase } from '../language/text.ts';
import { askerOf, withdrawerOf } from '../request/on-behalf.ts';
import { isQuiet } from '../request/proof.ts';
import { type Approved, type Ended, extensionOf, isInForce, type Request, wasOpen } from '../request/request.ts';
import { requestersTurn } from '../request/turn.ts';
import { isTerminal } from '../request/workflow.ts';
import { countText } from './approvals.ts';
import { askedLater } from './asked-later.ts';
import { briefOf, peopleOf } from './brief.ts';
import { factsOf } from './facts.ts';
import { accessWord, letInBy, reviewButtons } from './glass.ts';
import { milestoneOf } from './milestone.ts';
import { mayMove, movedTo } from './moves.ts';
import { notesOf, remarksOf } from './notes.ts';
import { offerButtons } from './offer-words.ts';
import { worstText } from './proof-words.ts';
import { questionButtons } from './questions.ts';
import { sessionsMayGoOn } from './sessions.ts';
import { callOff, wasMissed, whileScheduled } from './starting.ts';
import type { Button, View } from './view.ts';
import { denier, forWhom, LOUD_AFTER, lowered, nameOf, over, who } from './words.ts';

const known = new WeakMap<Request, View>();

/**
 * One request as people see it, from its newest state alone: buttons carry no authority, and each reader gets their own of them. Made
 * once for each state: it is told at several places, and no request is ever changed but by another one in its place.
 */
export function viewOf(request: Request): View {
  const before = known.get(request);
  if (before) return before;
  const view = viewFrom(request);
  known.set(request, view);
  return view;
}

function viewFrom(request: Request): View {
  const { tone, title, status } = standing(request);
  const milestone = askedLater(request, milestoneOf(request));
  const until = isInForce(request) ? { until: request.lease.until } : {};
  return {
    request: request.id,
    version: request.version,
    tone,
    title,
    status,
    summary: [
      request.status === 'pending'
        ? say`${title}: ${lowered(status)}`
        : say`${accessWord(request)} to ${nameOf(request)}: ${lowered(status)}`,
    ],
    brief: briefOf(request),
    people: peopleOf(request),
    facts: factsOf(request),
    justification: request.justification,
    remarks: remarksOf(request),
    notes: notesOf(request),
    buttons: buttons(request),
    ...milestone,
    ...until,
  };
}

type Standing = Pick<View, 'tone' | 'title' | 'status'>;

function standing(request: Request): Standing {
  const title = (words: Phrase) => say`${accessWord(request)} to ${nameOf(request)}: ${words}`;
  switch (request.status) {
    case 'pending':
      return {
        tone: 'waiting',
        title: say`${askerOf(request).name} asks for access to ${nameOf(request)}${forWhom(request)}`,
        status: [say`Waiting for a decision until ${{ at: request.answerBy }}${counted(request)}`],
      };
    case 'scheduled':
      return { ...whileScheduled(request), title: title(say`starts later`) };
    case 'denied':
      return { tone: 'refused', title: title(say`denied`), status: [say`Denied by ${denier(request)}`] };
    case 'withdrawn':
      return request.offer?.accepted
        ? {
            tone: 'refused',
            title: title(say`for less now`),
            status: [say`Gave way to what ${who(request.offer.by)} offered`],
          }
        : { tone: 'refused', title: title(say`withdrawn`), status: [say`Withdrawn by ${who(withdrawerOf(request))}`] };
    case 'expired':
      return {
        tone: 'refused',
        title: title(say`expired`),
        status: [wasMissed(request) ? say`Its time passed before it could be opened` : say`Expired without a decision`],
      };
    case 'activating':
      return {
        tone: isLoud(request) ? 'alarm' : request.breakGlass ? 'glass' : 'opening',
        title: title(say`opening`),
        status: [say`${letInBy(request)}; opening now`],
      };
    case 'active':
      return {
        tone: request.breakGlass ? 'glass' : 'open',
        title: title(say`open`),
        status: [say`Open until ${{ at: request.lease.until }}${extending(request)}`],
      };
    case 'closing':
      return isLoud(request)
        ? {
            tone: 'alarm',
            title: title(say`could not be closed yet`),
            status: [say`${over(request)}; still trying to close`],
          }
        : { tone: 'closing', title: title(say`closing`), status: [say`${over(request)}; closing now`] };
    case 'ended':
      return { ...ended(request), title: title(endOf(request)) };
  }
}

function ended(request: Ended): Pick<View, 'tone' | 'status'> {
  const { proof, ending } = request;
  const status = [say`${over(request)}; ${worstText(proof)}`];
  if (!isQuiet(proof)) return { tone: 'alarm', status };
  if (ending.why === 'failed' && !wasOpen(request)) return { tone: 'refused', status };
  return { tone: proof.verdict === 'closed' && !sessionsMayGoOn(request) ? 'closed' : 'notice', status };
}

/** NB. “closed” is said only where every port that was asked for is. */
function endOf(request: Ended): Phrase {
  const { proof, ending } = request;
  switch (proof.verdict) {
    case 'open':
      return say`ended, still open to others`;
    case 'unknown':
      return say`ended, state unknown`;
    case 'shared':
      return say`ended, still in use`;
    case 'closed':
      return ending.why === 'failed' && !wasOpen(request) ? say`could not be opened` : say`closed`;
  }
}

function isLoud({ trouble }: Approved): boolean {
  return trouble !== undefined && trouble.tries >= LOUD_AFTER;
}

function counted(request: Request): Line {
  const count = countText(request);
  return count === '' ? [] : [say`; ${count}`];
}

function extending(request: Request): Line {
  return extensionOf(request) ? [say`; more time was asked for${counted(request)}`] : [];
}

const APPROVE: Button = { verb: 'approve', label: 'Approve', style: 'primary' };
/** Says it to whoever presses it alone; for all who are told “open”, and do not get in. */
const WHY: Button = { verb: 'why', label: 'Why can’t I get in?', style: 'plain' };
/** Where nobody could tell, or it could not be closed: the same answer. */
const STILL: Button = { ...WHY, label: 'Can it still get in?' };
const NUDGE: Button = { verb: 'nudge', label: 'Nudge', style: 'plain' };
const MOVE: Button = { verb: 'move', label: 'I moved', style: 'plain' };
const AGAIN: Button = { verb: 'again', label: 'Ask again', style: 'plain' };
const DENY: Button = { verb: 'deny', label: 'Deny', style: 'danger' };

function buttons(request: Request): readonly Button[] {
  if (request.status === 'pending')
    return [
      APPROVE,
      ...offerButtons(request),
      ...questionButtons(request),
      DENY,
      ...nudgeButtons(request),
      { verb: 'withdraw', label: 'Withdraw', style: 'plain', confirm: 'Withdraw this request?' },
    ];
  if (request.status === 'scheduled') return [callOff(request)];
  if (!isInForce(request))
    return [...reviewButtons(request), ...(isUnclear(request) ? [STILL] : []), ...(mayBeAgain(request) ? [AGAIN] : [])];
  const confirm = say`Close access to ${nameOf(request)} now?`;
  const close: Button = { verb: 'revoke', label: 'Close now', style: 'danger', confirm };
  const why = request.status === 'active' ? [WHY] : [];
  if (request.extension)
    return [
      { ...APPROVE, label: 'Approve extension' },
      { ...DENY, label: 'Deny extension' },
      ...nudgeButtons(request),
      ...why,
      close,
    ];
  if (request.breakGlass) return [...why, close];
  if (request.status !== 'active') return [close];
  return [{ verb: 'extend', label: 'Extend', style: 'plain' }, ...(mayMove(request) ? [MOVE] : []), ...why, close];
}

/** Somebody is asked, and it is their turn. */
function nudgeButtons(request: Request): readonly Button[] {
  return request.asked.length > 0 && requestersTurn(request) === undefined ? [NUDGE] : [];
}

/** Over, and nothing comes after it already. */
function mayBeAgain(request: Request): boolean {
  if (request.drill || request.breakGlass || request.offer?.accepted || isOverByTicket(request)) return false;
  if (movedTo(request)) return false;
  if (request.status === 'ended')
    return !(request.ending.why === 'failed' && request.ending.code === 'changedAndAsked');
  return isTerminal(request.status);
}

/** With the same reason it would be refused: its ticket is closed. */
function isOverByTicket(request: Request): boolean {
  if (request.status === 'ended') return request.ending.why === 'failed' && request.ending.code === 'ticketOver';
  return request.status === 'denied' && request.reviews.at(-1)?.by.id === 'drawbridge' && request.tickets !== undefined;
}

/** Over, and nobody knows whether the port is closed. */
function isUnclear(request: Request): boolean {
  if (request.status === 'closing') return isLoud(request);
  return request.status === 'ended' && request.proof.verdict === 'unknown';
}
