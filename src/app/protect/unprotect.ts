import { JitError, sayOf } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import { type Line, type Phrase, tidy } from '../../core/language/text.ts';
import type { Machine } from '../../core/machine/machine.ts';
import { entriesOf, heldPorts } from '../../core/policy/held.ts';
import { consentRows } from '../../core/view/consent.ts';
import { entriesText } from '../../core/view/held.ts';
import type { Report } from '../../core/view/report.ts';
import type { MachineState } from '../../ports/cloud.ts';
import { act, judged } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { refuseLeased } from '../machine/leased.ts';
import { machineMeant } from '../machine/meant.ts';
import { actingAs, mayProtect, type ProtectActor } from './actor.ts';
import { factsOf, portFacts } from './facts.ts';
import { whileProtecting } from './hold.ts';
import { keepProtector } from './protector.ts';
import { restore } from './restore.ts';

/** A machine that is not protected any more, and what of it is still closed. */
export interface Unprotected extends MachineState {
  /** What stays closed, and why, in sentences. */
  readonly notes: readonly Phrase[];
  /** What would be open if it were put back, to be confirmed. */
  readonly page?: Report;
}

/**
 * Ends the protection of a machine: what protecting wrote is taken away, and nobody can ask for its ports any more. What was
 * closed of others' rules stays closed: putting it back is an opening, for which the page comes with the answer. Refused with
 * `stillLeased` while somebody has access, or access is being closed.
 */
export async function unprotect(deps: Deps, typed: string, actor: ProtectActor): Promise<Unprotected> {
  const said = actingAs(actor);
  const machine = await judged(deps, { event: 'unprotect', ...said, words: typed }, async () => {
    mayProtect(deps, actor);
    return machineMeant(deps, typed, () => true, answerInTime());
  });
  const about = { ...said, ...factsOf(machine) };
  const state = await act(deps, { event: 'unprotect', ...about }, (ending) =>
    whileProtecting(deps, machine, async (signal) => {
      await refuseLeased(deps, machine);
      const cloud = cloudFor(deps, machine.id);
      const { protection } = await cloud.look(machine.id, signal);
      await ending.begin(portFacts(protection?.ports ?? []));
      const ended = await cloud.unprotect(machine.id, signal);
      const ports = (protection?.ports ?? []).map(({ port }) => port);
      await keepProtector(deps, machine, ports, undefined);
      return ended;
    }),
  );
  const closed = await closedStill(deps, machine, typed, actor);
  return { ...state, ...closed, notes: [...heldStill(deps, machine), ...(state.remains ?? []), ...closed.notes] };
}

/** What stands in the file is protected again, whoever ends it. */
function heldStill({ rules }: Deps, machine: Machine): readonly Phrase[] {
  const entries = entriesOf(heldPorts(rules.protections ?? [], machine));
  if (entries.length === 0) return [];
  return [
    say`The configuration has it protected again soon, by ${entriesText(entries)}; to end that, change \`protections\`.`,
  ];
}

/** What a lockdown closed and is to be put back. That it cannot be told keeps no protection from ending. */
async function closedStill(
  deps: Deps,
  machine: Machine,
  typed: string,
  actor: ProtectActor,
): Promise<Pick<Unprotected, 'notes' | 'page'>> {
  if (!cloudFor(deps, machine.id).planPutBack) return { notes: [] };
  try {
    const restored = await restore(deps, { which: typed, accepting: [] }, actor);
    return 'page' in restored ? { notes: [], page: restored.page } : { notes: restored.notes };
  } catch (error) {
    if (error instanceof JitError && error.code === 'nothingClosed') return { notes: [] };
    deps.log.warn({ machine: machine.id, error }, 'what a lockdown closed could not be read');
    return {
      notes: [
        say`What a lockdown closed could not be read: ${sayOf(error, 'in the log').line} \`/jit restore ${machine.name}\` tries again.`,
      ],
    };
  }
}

const CLOSED = say`What a lockdown closed stays closed until it is put back.`;

/** What came of ending a protection. */
export function unprotectedLines({ machine, notes, page }: Unprotected): readonly Line[] {
  const closed = page ? [CLOSED] : [];
  const texts: readonly Phrase[] = [
    say`${machine.name} is no longer protected; its ports can no longer be requested.`,
    ...closed,
    ...notes,
  ];
  return texts.map((text): Line => [text]);
}

/** The same in front of the page of what would be open. */
export function unprotectedReport(state: Unprotected & { readonly page: Report }): Report {
  const { page, machine } = state;
  const title = say`${tidy(machine.name, 60)} is no longer protected`;
  const said = consentRows([say`Its ports can no longer be requested.`]);
  const rows = [...said, ...consentRows(state.notes), ...consentRows([CLOSED])];
  return { ...page, title, sections: [{ heading: '', rows }, ...page.sections] };
}
