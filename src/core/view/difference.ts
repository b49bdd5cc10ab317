import { lasting, say, semicolons } from '../language/say.ts';
import { type Phrase, plain, type Saying, tidy } from '../language/text.ts';
import { demandWords } from '../policy/deciders.ts';
import type { AskedAgain } from '../request/asked-again.ts';
import type { Request } from '../request/request.ts';
import { type SeenFacts, seenOf, type WhatIsSeen } from '../request/seen.ts';
import { portText } from '../rule/port.ts';
import { isLoud, wayText, wayWords } from '../rule/reach.ts';
import { nameOf } from './words.ts';

const LONGEST = 160;

/**
 * What is shown now, by these facts, and was not before, each in a few words: `Policy: engineers → production`. What was open to
 * everybody and is no more changes nobody's decision. Empty where what was seen is what is so.
 */
export function differences(request: Request, facts: SeenFacts): readonly Saying[] {
  const [before, now] = [seenOf(request), seenOf(request, facts)];
  const isOther = before.identity !== undefined && before.identity !== now.identity;
  const approvals = before.demands && now.demands ? approvalsIn(before.demands, now.demands) : [];
  return [
    ...(isOther ? [say`${nameOf(request)} was deleted, and another machine was made under its name`] : []),
    ...between(listed(before.ports), listed(now.ports), (was, is) => say`Ports: ${was} → ${is}`),
    ...between(short(before.source), short(now.source), (was, is) => say`From: ${was} → ${is}`),
    ...between(movesText(before), movesText(now), (was, is) => say`May move within: ${was} → ${is}`),
    ...between(unusedText(before), unusedText(now), (was, is) => say`Closed if unused: ${was} → ${is}`),
    ...between(say`${lasting(before.forMs)}`, say`${lasting(now.forMs)}`, (was, is) => say`For: ${was} → ${is}`),
    ...between(short(before.justification), short(now.justification), (was, is) => say`Reason: ${was} → ${is}`),
    // A policy that is called otherwise, and demands the same, changes nothing.
    ...(approvals.length > 0
      ? between(listed(before.policies), listed(now.policies), (was, is) => say`Policy: ${was} → ${is}`)
      : []),
    ...approvals,
    ...openedIn(before, facts),
  ];
}

/** What changed, as one part of a sentence. */
export function together(what: readonly Saying[]): Saying {
  return say`${semicolons(what)}`;
}

/** What changed since it was asked, for whoever reads it; its English where no more was kept. */
export function changesOf({ what, said = [] }: AskedAgain): readonly Saying[] {
  return said.length === what.length ? said : what.map((one) => say`${one}`);
}

/** What is kept of that: its English, for the audit and the versions that knew no more, and the same for whoever reads it. */
export function keptChanges(said: readonly Saying[]): Pick<AskedAgain, 'what' | 'said'> {
  return { what: said.map((one) => plain([one])), said };
}

function approvalsIn(before: readonly string[], now: readonly string[]): readonly Saying[] {
  return between(demandsText(before), demandsText(now), (was, is) => say`Approvals: ${was} → ${is}`);
}

function openedIn(before: WhatIsSeen, { standing }: SeenFacts): readonly Saying[] {
  const opened = standing
    .filter(isLoud)
    .map((rule) => ({ key: `${portText(rule.port)} ${wayText(rule)}`, rule }))
    .filter(({ key }) => !before.open.includes(key));
  return [...new Map(opened.map(({ key, rule }) => [key, rule]))]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, rule]) => say`Port ${portText(rule.port)} is now also open to ${wayWords(rule)}`);
}

function demandsText(demands: readonly string[]): Phrase {
  const [first, ...rest] = demands.map(demandWords);
  if (first === undefined) return say`none`;
  return { ...rest.reduce((all: Saying, one) => say`${all}, then ${one}`, say`${first}`), most: LONGEST };
}

function movesText({ moves = [] }: WhatIsSeen): Phrase {
  return moves.length === 0 ? say`nowhere` : listed(moves);
}

function unusedText({ unusedMs }: WhatIsSeen): Phrase {
  return unusedMs === undefined ? say`no` : say`after ${lasting(unusedMs)}`;
}

function listed(all: readonly string[]): string {
  return short(all.join(', '));
}

function short(text: string): string {
  return tidy(text, LONGEST);
}

function between(before: Phrase, now: Phrase, said: (before: Phrase, now: Phrase) => Saying): readonly Saying[] {
  return plain([before]) === plain([now]) ? [] : [said(before, now)];
}
