import { durationText } from '../language/duration.ts';
import { tidy } from '../language/text.ts';
import type { WhatIsSeen } from '../request/seen.ts';
import { nameOf } from './words.ts';

const LONGEST = 160;

/**
 * What is shown now and was not before, each in a few words: `Policy: engineers → production`. What was open to everybody and is
 * no more changes nobody's decision. Empty where what was seen is what is so.
 */
export function differences(before: WhatIsSeen, now: WhatIsSeen, machineName: string): readonly string[] {
  const name = nameOf({ machineName });
  const isOther = before.identity !== undefined && before.identity !== now.identity;
  const opened = now.open.filter((one) => !before.open.includes(one));
  const approvals =
    before.demands && now.demands ? between('Approvals', demandsText(before.demands), demandsText(now.demands)) : [];
  return [
    ...(isOther ? [`${name} was deleted, and another machine was made under its name`] : []),
    ...between('Ports', before.ports.join(', '), now.ports.join(', ')),
    ...between('From', before.source, now.source),
    ...between('May move within', movesText(before.moves), movesText(now.moves)),
    ...between('Closed if unused', unusedText(before.unusedMs), unusedText(now.unusedMs)),
    ...between('For', durationText(before.forMs), durationText(now.forMs)),
    ...between('Reason', before.justification, now.justification),
    // A policy that is called otherwise, and demands the same, changes nothing.
    ...(approvals.length > 0 ? between('Policy', before.policies.join(', '), now.policies.join(', ')) : []),
    ...approvals,
    ...opened.map((one) => `Port ${one.replace(' ', ' is now also open to ')}`),
  ];
}

function demandsText(demands: readonly string[]): string {
  return demands.length === 0 ? 'none' : demands.join(', then ');
}

function movesText(moves: WhatIsSeen['moves'] = []): string {
  return moves.length === 0 ? 'nowhere' : moves.join(', ');
}

function unusedText(ms: WhatIsSeen['unusedMs']): string {
  return ms === undefined ? 'no' : `after ${durationText(ms)}`;
}

function between(label: string, before: string, now: string): readonly string[] {
  return before === now ? [] : [`${label}: ${tidy(before, LONGEST)} → ${tidy(now, LONGEST)}`];
}
