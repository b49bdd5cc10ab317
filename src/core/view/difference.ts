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
    ...between(before.ports, now.ports, (was, is) => say`Ports: ${listed(was, is)} → ${listed(is, was)}`),
    ...between(before.source, now.source, (was, is) => say`From: ${short(was)} → ${short(is)}`),
    ...between(
      before.moves ?? [],
      now.moves ?? [],
      (was, is) => say`May move within: ${movesText(was, is)} → ${movesText(is, was)}`,
    ),
    ...between(
      before.unusedMs,
      now.unusedMs,
      (was, is) => say`Closed if unused: ${unusedText(was)} → ${unusedText(is)}`,
    ),
    ...between(before.forMs, now.forMs, (was, is) => say`For: ${lasting(was)} → ${lasting(is)}`),
    ...between(before.justification, now.justification, (was, is) => say`Reason: ${short(was)} → ${short(is)}`),
    // A policy that is called otherwise, and demands the same, changes nothing.
    ...(approvals.length > 0
      ? between(before.policies, now.policies, (was, is) => say`Policy: ${listed(was, is)} → ${listed(is, was)}`)
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
  return between(before, now, (was, is) => say`Approvals: ${demandsText(was, is)} → ${demandsText(is, was)}`);
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

function demandsText(demands: readonly string[], beside: readonly string[]): Phrase {
  if (demands.length === 0) return say`none`;
  const [first = say`…`, ...rest] = othersOf(demands, beside).map((one) =>
    one === ELLIPSIS ? say`…` : demandWords(one),
  );
  return { ...rest.reduce((all: Saying, one) => say`${all}, then ${one}`, say`${first}`), most: LONGEST };
}

function movesText(moves: readonly string[], beside: readonly string[]): Phrase {
  return moves.length === 0 ? say`nowhere` : listed(moves, beside);
}

function unusedText(unusedMs: number | undefined): Phrase {
  return unusedMs === undefined ? say`no` : say`after ${lasting(unusedMs)}`;
}

function listed(all: readonly string[], beside: readonly string[]): string {
  return short(othersOf(all, beside).join(', '));
}

const ELLIPSIS = '…';

/** All, or of more than is shown what stands in one of both alone: what changed is never behind what is cut off. */
function othersOf(all: readonly string[], beside: readonly string[]): readonly string[] {
  const isShort = [all, beside].every((some) => some.join(', ').length <= LONGEST);
  return isShort ? all : [ELLIPSIS, ...all.filter((one) => !beside.includes(one))];
}

function short(text: string): string {
  return tidy(text, LONGEST);
}

/** What is told where both differ. They are compared whole, as what is told may be cut. */
function between<T>(before: T, now: T, said: (before: T, now: T) => Saying): readonly Saying[] {
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [said(before, now)];
}
