import type { Line } from '../../core/language/text.ts';
import { match } from '../../core/machine/match.ts';
import type { Person } from '../../core/people/person.ts';
import type { MachineState } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { refuseLeased } from '../machine/leased.ts';
import { mayProtect, putBackFor, whileProtecting } from './protect.ts';

/** All that was ever closed may be in there. */
const PUT_BACK_MS = 600_000;

/** A machine that is not protected any more, with sentences on what could not be put back. */
export interface Unprotected extends MachineState {
  readonly notes: readonly string[];
}

/**
 * Ends the protection of a machine: what protecting wrote is taken away, nobody can ask for its ports any more, and what was
 * closed of others' rules is put back, as far as no other machine needs it closed. Refused with `stillLeased` while somebody
 * has access, or access is being closed. `person` is absent for the command line.
 */
export async function unprotect(deps: Deps, typed: string, person?: Person): Promise<Unprotected> {
  mayProtect(deps, person);
  const machine = match(await inventory(deps, answerInTime()), typed);
  return whileProtecting(deps, machine, async (signal) => {
    await refuseLeased(deps, machine);
    const cloud = cloudFor(deps, machine.id);
    await cloud.unprotect(machine.id, signal);
    // Last: what was closed stays closed as long as somebody could be let in here.
    const notes = await putBackFor(deps, machine, signal);
    return { ...(await cloud.look(machine.id, signal)), notes };
  });
}

/** Puts back everything that is in `deps.undo`, whoever needs it closed. Says in sentences what could not be. */
export async function putAllBack(deps: Deps): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const cloud of deps.clouds.values())
    notes.push(...((await cloud.putBack?.({}, deps.undo, AbortSignal.timeout(PUT_BACK_MS))) ?? []));
  return notes;
}

/** What came of ending a protection. */
export function unprotectedLines({ machine, notes }: Unprotected): readonly Line[] {
  const texts = [`${machine.name} is not protected any more; nobody can ask for its ports.`, ...notes];
  return texts.map((text): Line => [text]);
}
