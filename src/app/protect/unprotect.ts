import type { Line } from '../../core/language/text.ts';
import { match } from '../../core/machine/match.ts';
import { act, judged } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { refuseLeased } from '../machine/leased.ts';
import { actingAs, mayProtect, type ProtectActor } from './actor.ts';
import { factsOf, portFacts } from './facts.ts';
import { whileProtecting } from './hold.ts';
import { putBackFor, type WithNotes } from './put-back.ts';

/**
 * Ends the protection of a machine: what protecting wrote is taken away, nobody can ask for its ports any more, and what was
 * closed of others' rules is put back, as far as no other machine needs it closed. Refused with `stillLeased` while somebody
 * has access, or access is being closed. Putting back is an act of its own in the audit: it opens.
 */
export async function unprotect(deps: Deps, typed: string, actor: ProtectActor): Promise<WithNotes> {
  const said = actingAs(actor);
  const machine = await judged(deps, { event: 'unprotect', ...said, words: typed }, async () => {
    mayProtect(deps, actor);
    return match(await inventory(deps, answerInTime()), typed);
  });
  const about = { ...said, ...factsOf(machine) };
  return act(deps, { event: 'unprotect', ...about }, (ending) =>
    whileProtecting(deps, machine, async (signal) => {
      await refuseLeased(deps, machine);
      const cloud = cloudFor(deps, machine.id);
      const { protection } = await cloud.look(machine.id, signal);
      await ending.begin(portFacts(protection?.ports ?? []));
      const state = await cloud.unprotect(machine.id, signal);
      await ending.done();
      // Last: what was closed stays closed as long as somebody could be let in here.
      const after = await putBackFor(deps, { event: 'put back', ...about }, state, signal);
      return { ...after, notes: [...(state.remains ?? []), ...after.notes] };
    }),
  );
}

/** What came of ending a protection. */
export function unprotectedLines({ machine, notes }: WithNotes): readonly Line[] {
  const texts = [`${machine.name} is no longer protected; its ports can no longer be requested.`, ...notes];
  return texts.map((text): Line => [text]);
}
