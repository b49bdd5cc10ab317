import { quotedWithin, singled } from '../language/quotation.ts';
import { say, semicolons } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { tidy } from '../language/text.ts';
import { CLOUD_NAMES, cloudOf } from '../machine/machine.ts';
import { askerOf } from '../request/on-behalf.ts';
import type { Request } from '../request/request.ts';
import { isAlike, namesOf, stateOf, termsOf } from './group.ts';
import { milestoneOf } from './milestone.ts';
import { movesText } from './moves.ts';
import { viewOf } from './projection.ts';
import { wantedLine } from './question-line.ts';
import type { View } from './view.ts';
import { fromWhose } from './whose.ts';
import { forWhom, namesAmong, who } from './words.ts';

/** What people are told of a group, once a place. */
export interface GroupNews extends Pick<View, 'announce' | 'headline'> {
  /** The milestones of those of which something is new there. */
  readonly fresh: readonly string[];
}

/** Some of it is on its way, and what comes of it is told with the rest. */
function isUnderWay(group: readonly Request[]): boolean {
  const is = (status: Request['status']) => group.some((one) => one.status === status && !('trouble' in one));
  return (is('activating') && is('active')) || (is('closing') && is('ended'));
}

/**
 * What is new since `told`, which is how far people at a place were told: the milestone of each, by its id. Of one it is that
 * one's own; of several, one sentence for all. While some open and others are open already, nothing is.
 */
export function groupNews(group: readonly Request[], told: string | undefined): GroupNews {
  const before = new Map((told ?? '').split(' ').map((one) => [one.slice(0, one.indexOf('=')), one]));
  const now = group.map((request) => ({ request, is: milestoneOf(request) }));
  const fresh = now.filter(({ request, is }) => before.get(request.id) !== `${request.id}=${is.announce}`);
  const [only, ...more] = fresh;
  if (told !== undefined && isUnderWay(group)) return { announce: told, headline: [], fresh: [] };
  const announce = now.map(({ request, is }) => `${request.id}=${is.announce}`).join(' ');
  return {
    announce,
    headline: only && more.length === 0 ? only.is.headline : headlineOf(fresh.map(({ request }) => request)),
    fresh: fresh.map(({ is }) => is.announce),
  };
}

function headlineOf(requests: readonly Request[]): Line {
  const [first] = requests;
  if (!first) return [];
  const name = namesAmong(requests);
  if (requests.every(({ status, reviews }) => status === 'pending' && reviews.length === 0))
    return questionOf(requests, first);
  const states = requests.map((request) => ({ request, is: stateOf({ request, view: viewOf(request) }) }));
  const [one = { is: [] }] = states;
  if (states.every(({ is }) => JSON.stringify(is) === JSON.stringify(one.is))) {
    return [say`${who(first.requester)}: access to ${namesOf(requests)}: ${one.is}.${reasonsOf(requests)}`];
  }
  const each = states.flatMap(({ request, is }, i): Line => [i === 0 ? '' : '; ', `${name(request)}: `, ...is]);
  return [say`${who(first.requester)}: ${each}.${reasonsOf(requests)}`];
}

/** All that a decision needs, and which machines; what a phone shows of it comes first, as in the question of one. */
function questionOf(requests: readonly Request[], first: Request): Line {
  const name = namesAmong(requests);
  const terms = isAlike(requests)
    ? wantedLine(first)
    : requests.flatMap((one, i): Line => [`${i === 0 ? '' : '; '}${name(one)} `, ...termsOf(one)]);
  const nudged = first.timeline.at(-1)?.event;
  const isReminder = nudged === 'nudged' || nudged === 'approvers reminded';
  const until = Math.min(...requests.flatMap((one) => (one.status === 'pending' ? [one.answerBy] : [])));
  return [
    say`${isReminder ? [say`Reminder: `] : []}${who(askerOf(first))} asks for access to ${requests.length} machines, ${namesOf(requests)}${forWhom(first)}: ${terms}. ${quotedWithin(first.justification)} ${whereOf(requests, first)} Decide by ${{ at: until }}.`,
  ];
}

/** `From 203.0.113.7: web-1 on AWS, eu-west-1a; db-1 on Azure, westeurope.` */
function whereOf(requests: readonly Request[], first: Request): Line {
  const name = namesAmong(requests);
  const all = requests.map((request) => {
    const { machine, location } = request;
    const where = [CLOUD_NAMES[cloudOf(machine)], ...(location ? [tidy(location, 80)] : [])].join(', ');
    return say`${name(request)} on ${where}`;
  });
  if (!isAlike(requests)) return [say`${semicolons(all)}.`];
  return [say`From ${fromWhose(first)}${movesText(first)}: ${semicolons(all)}.`];
}

/** What those wrote who said no, each once. */
function reasonsOf(requests: readonly Request[]): Line {
  const reasons = requests.flatMap(({ status, reviews }) => {
    const last = reviews.at(-1);
    return status === 'denied' && last?.reason ? [last.reason] : [];
  });
  return [...new Set(reasons)].map((reason) => say` Reason: “${singled(reason)}”`);
}
