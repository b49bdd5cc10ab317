import type { Line } from '../language/text.ts';
import type { Moment, Pending } from '../request/request.ts';
import { askedLine } from './asked.ts';
import { offerNews } from './offer-words.ts';
import { questionNews } from './questions.ts';
import type { View } from './view.ts';
import { nameOf, who } from './words.ts';

type News = Pick<View, 'announce' | 'headline'>;

/** What makes the question new, or says something of it: the last of them is what people are told. */
const NEWS: Readonly<Record<string, ((request: Pending, moment: Moment) => News) | undefined>> = {
  reviewed: undefined,
  'approvals voided': undefined,
  'asked again': undefined,
  offered: offerNews,
  'offer declined': offerNews,
  'question asked': questionNews,
  'question answered': questionNews,
  'routed again': onRouted,
  'nobody to ask': onNobody,
};

/** Whom a request that waits asks now has changed; undefined while that is not the newest of it. */
export function routingNews(request: Pending): News | undefined {
  const latest = request.timeline.findLast(({ event }) => Object.hasOwn(NEWS, event));
  return latest && NEWS[latest.event]?.(request, latest);
}

function onRouted(request: Pending, { at }: Moment): News {
  const line: Line = [who(request.requester), `: the request for access to ${nameOf(request)} now asks `];
  return { announce: `routed-${at}`, headline: [...line, ...askedLine(request.asked), '.'] };
}

function onNobody(request: Pending, { at, text = '' }: Moment): News {
  const line = `: nobody can approve the request for access to ${nameOf(request)} any more. ${text}`;
  return { announce: `nobody-${at}`, headline: [who(request.requester), line] };
}
