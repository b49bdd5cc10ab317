import { say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import type { Request, Scheduled } from '../request/request.ts';
import { endOfStart } from '../request/starting.ts';
import type { Button, Fact, View } from './view.ts';
import { approvers, nameOf, who } from './words.ts';

/** `starts 18:00, until 19:00`; nothing of one that starts once it is approved. */
export function startLine({ startsAt, ...request }: Pick<Request, 'startsAt' | 'forMs' | 'early'>): Line {
  if (startsAt === undefined) return [];
  return [say`starts ${{ at: startsAt }}, until ${{ at: endOfStart({ startsAt, ...request }) }}`];
}

export function startFacts({ startsAt, ...request }: Pick<Request, 'startsAt' | 'forMs' | 'early'>): readonly Fact[] {
  if (startsAt === undefined) return [];
  return [
    { label: 'Starts', value: [say`${{ at: startsAt }}, until ${{ at: endOfStart({ startsAt, ...request }) }}`] },
  ];
}

export function whileScheduled(request: Scheduled): Pick<View, 'tone' | 'status'> {
  return { tone: 'opening', status: [say`Approved by ${approvers(request)}; ${startLine(request)}`] };
}

export function onScheduled(request: Scheduled): Pick<View, 'announce' | 'headline'> {
  const what = say`: access to ${nameOf(request)} was approved by `;
  return {
    announce: 'scheduled',
    headline: [say`${who(request.requester)}${what}${approvers(request)}; it ${startLine(request)}.`],
  };
}

/** Whoever requested it takes it back with it; anybody else who may stop it denies it. */
export function callOff(request: Scheduled): Button {
  return {
    verb: 'revoke',
    label: 'Call off',
    style: 'danger',
    confirm: say`Call off access to ${nameOf(request)} before it starts?`,
  };
}

/** It was approved, and its time passed before anything was opened. */
export function wasMissed({ timeline }: Request): boolean {
  return timeline.at(-1)?.event === 'missed';
}
