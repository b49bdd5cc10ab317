import { say } from '../../core/language/say.ts';
import type { Line, Phrase } from '../../core/language/text.ts';
import { stayText } from '../../core/machine/lockdown.ts';
import { portsText } from '../../core/machine/protection.ts';
import { standingNotes } from '../../core/view/notes.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import type { Done } from './lock-down.ts';

/** `web-1 is protected on 22 (from 203.0.113.0/24, for 3 h at most), 3389.` */
export function protectedText({ machine, protection }: MachineState): Phrase {
  return say`${machine.name} is protected on ${portsText(protection?.ports ?? [])}.`;
}

/** What came of protecting one machine, or of editing its ports; and how to close what others let stand open, where that can be. */
export function protectedLines(deps: Deps, state: Done & { readonly notes?: readonly Phrase[] }): readonly Line[] {
  const { machine, stays, notes = [] } = state;
  // What was found to be impossible is not said twice.
  const standing = state.standing.filter(({ through }) => !stays?.some(({ rule }) => rule.through === through));
  const isOffered = standing.length > 0 && stays === undefined && cloudFor(deps, machine.id).planLockdown !== undefined;
  const hints = isOffered ? [say`\`/jit protect ${machine.name} closing\` shows what a lockdown would change.`] : [];
  const others = [...(stays ?? []).map(stayText), ...notes, ...hints].map((text): Line => [text]);
  return [[protectedText(state)], ...standingNotes(standing).map(({ text }) => text), ...others];
}
