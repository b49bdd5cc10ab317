import { ERRORS, keptSpans } from '../errors/errors.ts';
import { singled } from '../language/quotation.ts';
import { lasting, say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import type { Extension, Proof, Trouble } from '../request/lease.ts';
import { withdrawalWords, withdrawerOf } from '../request/on-behalf.ts';
import { isReminded, REMIND_MS, remindAt } from '../request/owes.ts';
import { isRepair } from '../request/repair.ts';
import {
  type Active,
  type Closing,
  type Ended,
  type Pending,
  type Refused,
  type Request,
  wasOpen,
} from '../request/request.ts';
import { sourceText } from '../rule/source.ts';
import { countText, neededLine } from './approvals.ts';
import { changesOf, together } from './difference.ts';
import { onBreaking, onGlassOpen, onReviewOwed } from './glass.ts';
import { acceptedLine } from './offer-words.ts';
import { findingsOf } from './proof-words.ts';
import { extensionLine, questionLine } from './question-line.ts';
import { routingNews } from './routing-news.ts';
import { cutNews, sessionsThen } from './sessions.ts';
import { onScheduled, wasMissed } from './starting.ts';
import { unusedLine } from './unused.ts';
import type { View } from './view.ts';
import {
  approvers,
  connectWords,
  denier,
  forWhom,
  fromText,
  LOUD_AFTER,
  nameOf,
  portList,
  reattachedText,
  who,
} from './words.ts';

type Milestone = Pick<View, 'announce' | 'headline' | 'first'>;

/** What people are notified of, once a place each, in words that are enough by themselves. The key says which occasion it is. */
export function milestoneOf(request: Request): Milestone {
  switch (request.status) {
    case 'pending':
      return (
        routingNews(request, questionLine(request)) ??
        (request.reviews.length > 0 ? onReview(request) : onQuestion(request))
      );
    case 'scheduled':
      return onScheduled(request);
    case 'denied':
    case 'withdrawn':
    case 'expired':
      return { announce: request.status, headline: refusal(request) };
    case 'activating':
      if (request.breakGlass) return onBreaking(request, request.breakGlass);
      if (request.moved)
        return {
          announce: 'decided',
          headline: [
            say`${who(request.requester)} moved to ${fromText(request)}: access to ${nameOf(request)} opens there once it is closed where it was; it ends at ${{ at: request.lease.until }} as before.`,
          ],
        };
      return {
        announce: 'decided',
        headline: [
          say`${who(request.requester)}: access to ${nameOf(request)} was approved by ${approvers(request)}; opening now.`,
          ...approvalReason(request),
        ],
      };
    case 'active':
      return whileOpen(request);
    case 'closing':
      return changed(request) ?? whileClosing(request);
    case 'ended':
      return changed(request) ?? onReviewOwed(request) ?? onEnd(request);
  }
}

/** Asked, or asked again after Redis went back. */
function onQuestion(request: Pending): Milestone {
  const voided = request.timeline.findLast(({ event }) => event === 'approvals voided');
  const question = questionLine(request);
  const { again } = request;
  if (again)
    return {
      announce: `changed-${again.at}`,
      headline: [say`Asked again, since something changed: ${together(changesOf(again))}. ${question}`],
    };
  if (!voided) return { announce: 'asked', headline: question };
  const lost = say` Redis lost its last changes, so what was answered before may be lost.`;
  return { announce: `asked-again-${voided.at}`, headline: [...question, lost] };
}

function onReview(request: Pending): Milestone {
  return {
    announce: `reviewed-${request.reviews.length}`,
    headline: [
      say`${who(request.requester)}: access to ${nameOf(request)} was approved by ${approvers(request)}${stillNeeded(request)}`,
      ...approvalReason(request),
    ],
  };
}

/** `; 1 of 3 approved. Still needed: Sam and Lin.` */
function stillNeeded(request: Request): Line {
  const count = countText(request);
  const needed = neededLine(request);
  return [
    count === '' ? say`; more approvals are needed.` : say`; ${count}.`,
    ...(needed.length > 0 ? [say` Still needed: ${needed}.`] : []),
  ];
}

function refusal(request: Refused): Line {
  const requester = who(request.requester);
  const access = say`access to ${nameOf(request)}`;
  const others = withdrawerOf(request).id === request.requester.id ? [] : forWhom(request);
  if (request.status === 'withdrawn')
    return (
      acceptedLine(request) ?? [
        say`${who(withdrawerOf(request))} withdrew the request for ${access}${others}.`,
        ...quoted(withdrawalWords(request)),
      ]
    );
  if (request.status === 'denied')
    return [say`${requester}: ${access} was denied by ${denier(request)}.${reasonOf(request)}`];
  if (wasMissed(request)) return [say`${requester}: the time of your ${access} passed before it could be opened.`];
  return [say`${requester}: the request for ${access} expired without a decision. Ask again if you still need it.`];
}

/** The reason of the last denial, whole. */
function reasonOf({ reviews }: Request): Line {
  const reason = reviews.findLast(({ verdict }) => verdict === 'deny')?.reason;
  return quoted(reason);
}

/** What the last who approved wrote. */
function approvalReason({ reviews }: Request): Line {
  const last = reviews.at(-1);
  return quoted(last?.verdict === 'approve' ? last.reason : undefined);
}

function quoted(reason: string | undefined): Line {
  return reason ? [say` Reason: “${singled(reason)}”`] : [];
}

function whileOpen(request: Active): Milestone {
  const { lease, extension } = request;
  const { until } = lease;
  const requester = who(request.requester);
  if (extension) return routingNews(request, questionLine(request)) ?? onExtension(request, extension);
  const latest = request.timeline.at(-1);
  const warned = isReminded(request);
  const sinceWarning = !warned || (latest !== undefined && latest.at >= remindAt(lease));
  const stays: Line = [say` It stays open until ${{ at: until }}.`];
  if (latest?.event === 'extension denied' && sinceWarning) {
    return {
      announce: `extension-denied-${latest.at}`,
      headline: [
        say`${requester}: more time on ${nameOf(request)} was denied by ${denier(request)}.${stays}${reasonOf(request)}`,
      ],
    };
  }
  if (latest?.event === 'extension failed' && sinceWarning) {
    const headline = [
      say`${requester}: more time on ${nameOf(request)} was approved, and is not given any more. ${latest.text ?? ''}${stays}`,
    ];
    return { announce: `extension-failed-${latest.at}`, headline };
  }
  if (latest?.event === 'extension unanswered' && sinceWarning) {
    const headline = [say`${requester}: nobody decided about more time on ${nameOf(request)}.${stays}`];
    return { announce: `extension-unanswered-${latest.at}`, headline };
  }
  if (latest && isRepair(latest) && sinceWarning) {
    const headline = [say`${requester}: ${reattachedText(latest, nameOf(request))}${stays}`];
    return { announce: `reattached-${latest.at}`, headline };
  }
  return warned ? onWarning(request) : onOpening(request);
}

function onOpening(request: Active): Milestone {
  if (request.breakGlass) return onGlassOpen(request, request.breakGlass);
  const { lease } = request;
  const to = connectWords(request);
  const connect: Line = [to === undefined ? '.' : say`. Connect to ${to}.`, ...unusedLine(request)];
  return {
    announce: `open-${lease.until}`,
    headline: [
      say`${who(request.requester)}: ${nameOf(request)} is open: ${portList(request.ports)} from ${fromText(request)} until ${{ at: lease.until }}, approved by ${approvers(request)}${connect} If you cannot get in: \`/jit why ${nameOf(request)}\`.`,
    ],
  };
}

function onWarning(request: Active): Milestone {
  const { until, from } = request.lease;
  const left = lasting(Math.min(REMIND_MS, until - from));
  return {
    announce: `ending-${until}`,
    headline: [
      say`${who(request.requester)}: your access to ${nameOf(request)} ends within ${left} (${{ at: until }}). ${sessionsThen(request)} To ${request.breakGlass ? '' : say`extend it or `}close it now, use the card.`,
    ],
  };
}

function onExtension(request: Active, extension: Extension): Milestone {
  const given = extension.reviews.length;
  if (given === 0) return { announce: `extension-${extension.at}`, headline: extensionLine(request, extension) };
  const what = say`: ${lasting(extension.forMs)} more on ${nameOf(request)}`;
  return {
    announce: `extension-${extension.at}-${given}`,
    headline: [say`${who(extension.by)}${what}${stillNeeded(request)}`],
  };
}

function whileClosing(request: Closing): Milestone {
  const { trouble, ending } = request;
  const isOpened = ending.why !== 'failed' || wasOpen(request);
  if (!trouble || trouble.tries < LOUD_AFTER)
    return { announce: 'closing', headline: overLine(request, isOpened ? [say` Closing now.`] : []) };
  return {
    announce: `alarm-${Math.floor(Math.log2(trouble.tries / LOUD_AFTER))}`,
    headline: [
      say`Access to ${nameOf(request)} could not be closed yet (tried ${trouble.tries} times). ${whyNot(trouble)} Drawbridge keeps trying. ${byHand(request, isOpened)}`,
    ],
  };
}

/** What passes by itself has no remedy but to wait. */
function whyNot(trouble: Trouble): Line {
  return keptSpans(trouble, ERRORS[trouble.code]?.kind === 'refused' ? 'hint' : undefined);
}

/** Whoever reads it at night can end it all the same. */
function byHand(request: Closing, isOpened: boolean): Line {
  const cloud = CLOUD_NAMES[cloudOf(request.machine)];
  if (!isOpened)
    return [
      say`Nobody can tell whether ${fromText(request)} gets in on ${portList(request.ports)}. Whoever manages ${nameOf(request)} in ${cloud} can look, and remove that rule there.`,
    ];
  return [
    say`As far as is known, ${fromText(request)} still gets in on ${portList(request.ports)}. Whoever manages ${nameOf(request)} in ${cloud} can remove that rule there.`,
  ];
}

/** What was cut comes later than the proof, and is told once more with it. */
function onEnd(request: Ended): Milestone {
  const news = cutNews(request);
  return { announce: news ? 'sessions' : 'ended', headline: overLine(request, [...result(request), ...(news ?? [])]) };
}

/** Codes of an end that is for what changed since the approval. */
const CHANGED: readonly unknown[] = ['changedSinceApproval', 'changedAndAsked'];

/** What was approved is not what would be opened now: whoever asked and whoever approved are told why. */
function changed({ ending, requester, ...request }: Closing | Ended): Milestone | undefined {
  if (ending.why !== 'failed' || !CHANGED.includes(ending.code)) return undefined;
  return { announce: 'changed', headline: [say`${who(requester)}: ${nameOf(request)}: ${keptSpans(ending, 'hint')}`] };
}

/** That it is over and why, then what came of it; a reason that somebody gave stands last. */
function overLine(request: Closing | Ended, outcome: Line): Line {
  const { ending, requester } = request;
  const access = say`access to ${nameOf(request)}`;
  const failure = wasOpen(request) ? say`your ${access} has ended early` : say`${access} could not be opened`;
  if (ending.why === 'failed') return [say`${who(requester)}: ${failure}. ${keptSpans(ending, 'hint')}${outcome}`];
  if (ending.why === 'elapsed') return [say`${who(requester)}: your ${access} has ended.${outcome}`];
  if (ending.movedTo)
    return [say`${who(requester)} moved the ${access} to ${sourceText(ending.movedTo.source)}.${outcome}`];
  const reason = ending.say ? [say` Reason: “${singled(ending.say)}”`] : [];
  if (ending.by.id === requester.id) return [say`${who(requester)} ended the ${access}.${outcome}${reason}`];
  return [say`${who(requester)}: your ${access} was revoked by ${who(ending.by)}.${outcome}${reason}`];
}

/** What the cloud showed, every port of it. */
function result({ proof }: Ended): Line {
  return [...findingsOf(proof).flatMap(({ text }): Line => [' ', ...text]), ...receiptLine(proof)];
}

/** The code of what the audit has signed of it: whoever keeps it can have it checked. */
function receiptLine({ receipt }: Proof): Line {
  if (!receipt) return [];
  const { code, cloudAt } = receipt;
  if (cloudAt === undefined) return [say` Receipt: ${code}.`];
  const time = new Date(cloudAt).toISOString().slice(11, 19);
  return [say` Receipt: ${code} (read back at ${time} UTC, by the cloud’s clock).`];
}
