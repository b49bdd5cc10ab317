import { singled } from '../language/quotation.ts';
import { say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { openQuestions } from '../request/question.ts';
import { extensionOf, type InForce, isInForce, type Moment, type Pending, type Request } from '../request/request.ts';
import { askedLine } from './asked.ts';
import { offerLine, offerNews } from './offer-words.ts';
import { questionNews } from './questions.ts';
import { insteadOf, unreachedLine } from './unreached.ts';
import type { View } from './view.ts';
import { nameOf, who } from './words.ts';

type News = Pick<View, 'announce' | 'headline' | 'first'>;
/** Something that waits for a decision. */
type Waiting = Pending | InForce;

type Telling = (request: Waiting, moment: Moment, question: Line) => News | undefined;

/** What makes the question new, or says something of it: the last of them is what people are told. */
const NEWS: Readonly<Record<string, Telling | undefined>> = {
  reviewed: undefined,
  'extension asked': undefined,
  'extension reviewed': undefined,
  'approvals voided': undefined,
  'asked again': undefined,
  offered: whilePending(offerNews),
  'offer declined': whilePending(offerNews),
  'question asked': whilePending(questionNews),
  'question answered': whilePending(questionNews),
  'routed again': onRouted,
  'nobody to ask': onNobody,
  'on call unknown': onUnread,
  'on call known': onRouted,
  'not reached': onUnreached,
  'refused now': onRefusedNow,
  'allowed again': onAllowedAgain,
  escalated: onEscalated,
  hurried: onHurried,
  'approvers reminded': onReminder,
  'requester reminded': whilePending(onTurn),
  nudged: onNudge,
};

/** Whom a request that waits asks now has changed; undefined while that is not the newest of it. */
export function routingNews(request: Waiting, question: Line): News | undefined {
  const since = extensionOf(request)?.at ?? request.askedAt;
  const latest = request.timeline.findLast(({ event, at }) => at >= since && Object.hasOwn(NEWS, event));
  return latest && NEWS[latest.event]?.(request, latest, question);
}

/** What becomes of requests alone, and not of extensions. */
function whilePending(tell: (request: Pending, moment: Moment) => News): Telling {
  return (request, moment) => (request.status === 'pending' ? tell(request, moment) : undefined);
}

function onRouted(request: Waiting, { at }: Moment): News {
  const line: Line = [say`${who(request.requester)}: the request for access to ${nameOf(request)} now asks `];
  return { announce: `routed-${at}`, headline: [...line, ...askedLine(request.asked), '.'] };
}

function onUnread(request: Waiting, { at, text = '' }: Moment): News {
  const line = say`: whoever is on call cannot approve the request for access to ${nameOf(request)} for now. ${text}`;
  return { announce: `on-call-${at}`, headline: [who(request.requester), line] };
}

/** The place that it is asked at instead, if any, gets the question with it. */
function onUnreached(request: Waiting, { at }: Moment, question: Line): News {
  const { unreached = [] } = request;
  // All were reached meanwhile: whoever sees it first gets the question alone.
  if (unreached.length === 0) return { announce: `unreached-${at}`, headline: question };
  const line: Line = unreached.every((one) => insteadOf(one, unreached))
    ? [say`${who(request.requester)}: not everybody could be told where they are usually told.`]
    : [say`${who(request.requester)}: not everybody could be told.`];
  const remind = say` \`/jit nudge\` asks them again afterwards. `;
  return {
    announce: `unreached-${at}`,
    headline: [...line, ...unreachedLine(unreached), remind, ...question],
    first: question,
  };
}

function onRefusedNow(request: Waiting, { at, text = '' }: Moment): News {
  const line = extensionOf(request)
    ? say`: more time on ${nameOf(request)} cannot be approved any more. ${text}`
    : say`: the request for access to ${nameOf(request)} cannot be approved any more. ${text}`;
  return { announce: `refused-now-${at}`, headline: [who(request.requester), line, ...staysOpen(request)] };
}

/** Whoever is in is not put out by it. */
function staysOpen(request: Waiting): Line {
  return request.status === 'active' ? [say` It stays open until ${{ at: request.lease.until }}.`] : [];
}

function onAllowedAgain(request: Waiting, { at }: Moment): News {
  const line = extensionOf(request)
    ? say`: more time on ${nameOf(request)} can be approved again. It asks `
    : say`: the request for access to ${nameOf(request)} can be approved again. It asks `;
  return {
    announce: `allowed-again-${at}`,
    headline: [who(request.requester), line, ...askedLine(request.asked), '.'],
  };
}

function onEscalated(request: Waiting, { at }: Moment): News {
  const line: Line = [
    say`${who(request.requester)}: nobody answered in time, so the request for access to ${nameOf(request)} now asks `,
  ];
  return { announce: `escalated-${at}`, headline: [...line, ...askedLine(request.asked), '.'] };
}

/** The next rung is asked before its time: whom nothing reached is named, with what to do. */
function onHurried(request: Waiting, { at }: Moment): News {
  const { unreached = [] } = request;
  const line: Line = [
    say`${who(request.requester)}: too few of those who decide could be told, so the request for access to ${nameOf(request)} asks others at once: `,
  ];
  return {
    announce: `hurried-${at}`,
    headline: [...line, ...askedLine(request.asked), '.', ...unreachedLine(unreached)],
  };
}

function onReminder(request: Waiting, { at }: Moment, question: Line): News {
  const whom = leftToAnswer(request);
  return {
    announce: `remind-${at}`,
    headline: [say`${askedLine(whom)}: please decide. ${question}`],
  };
}

/** What waits for the requester is asked once more. */
function onTurn(request: Pending, { at }: Moment): News {
  const [question] = openQuestions(request).slice(-1);
  const about = say` asks about access to ${nameOf(request)}: “`;
  const open: Line = question
    ? [
        say`${who(question.by)}${about}${singled(question.text)}” To answer: the button, or \`/jit answer ${request.id} <words>\`.`,
      ]
    : offerLine(request);
  return {
    announce: `turn-${at}`,
    headline: [say`${who(request.requester)}: this waits for you. ${open} Nobody else is asked meanwhile.`],
  };
}

function onNudge(request: Waiting, { at }: Moment, question: Line): News {
  const whom = leftToAnswer(request);
  return { announce: `nudge-${at}`, headline: [say`${askedLine(whom)}: please decide. ${question}`] };
}

/** Whom a reminder reached in a chat of their own, and whom not: those are in `reached`. */
export function remindedLines(request: Request, reached: ReadonlyMap<string, string>): readonly Line[] {
  const left = isWaitingFor(request) ? leftToAnswer(request) : request.asked;
  const [told, untold] = [true, false].map((is) => left.filter(({ id }) => reached.has(id) === is));
  const no = told?.length ? '' : say` Nobody was reminded in their own chat.`;
  return [
    ...(told?.length ? [[say`Reminded ${askedLine(told, 'and')}.`]] : []),
    ...(untold?.length ? [[say`Not reached in a chat of their own: ${askedLine(untold, 'and')}.${no}`]] : []),
  ];
}

function isWaitingFor(request: Request): request is Waiting {
  return request.status === 'pending' || isInForce(request);
}

function leftToAnswer(request: Waiting): Waiting['asked'] {
  const { asked } = request;
  const reviews = extensionOf(request)?.reviews ?? request.reviews;
  const given = new Set(reviews.map(({ by }) => by.id));
  const left = asked.filter(({ id }) => !given.has(id));
  return left.length > 0 ? left : asked;
}

function onNobody(request: Waiting, { at, text = '' }: Moment): News {
  const line = say`: nobody can approve the request for access to ${nameOf(request)} any more. ${text}`;
  return { announce: `nobody-${at}`, headline: [who(request.requester), line] };
}
