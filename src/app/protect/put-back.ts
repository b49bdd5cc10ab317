import type { MachineState } from '../../ports/cloud.ts';
import { type Attempt, act } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { actingAs, type ProtectActor } from './actor.ts';
import { without } from './facts.ts';
import { holding } from './hold.ts';

/** All that was ever closed may be in there. */
const PUT_BACK_MS = 600_000;

/** A machine as it is then, with sentences on what could not be put back. */
export interface WithNotes extends MachineState {
  readonly notes: readonly string[];
}

/**
 * Puts back what was closed for a machine at the ports of the attempt, or all, under the lock of what it shares: for whoever
 * holds that of the machine. Where others share it, nothing is waited for when no undo record says that something was closed.
 * What came back is seen by looking again.
 */
export function putBackFor(
  deps: Deps,
  attempt: Attempt,
  before: MachineState,
  signal: AbortSignal,
): Promise<WithNotes> {
  const { machine } = before;
  const cloud = cloudFor(deps, machine.id);
  const { ports } = attempt;
  return act(deps, attempt, async (opening) => {
    const { putBack } = cloud;
    const shared = cloud.lockdownKey?.(machine.id);
    const isClosed = shared === undefined || (await deps.undo.all(cloud.cloud)).length > 0;
    if (!putBack || !isClosed) {
      await opening.passedOn();
      return { ...before, notes: [] };
    }
    const work = async (held: AbortSignal) => {
      await opening.begin();
      const notes = await putBack({ machine: machine.id, ...(ports ? { ports } : {}) }, deps.undo, held);
      const after = await cloud.look(machine.id, signal);
      await opening.done({ standing: without(after.standing, before.standing), stays: notes });
      return { ...after, notes };
    };
    return shared === undefined ? work(signal) : holding(deps, cloud, [shared], { signal, work });
  });
}

/**
 * Puts back everything that is in `deps.undo`, whoever needs it closed, under the locks of all that is edited. Says in
 * sentences what could not be.
 */
export async function putAllBack(deps: Deps, actor: ProtectActor): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const cloud of deps.clouds.values()) {
    const { putBack } = cloud;
    if (!putBack) continue;
    const attempt = { event: 'put back', ...actingAs(actor), cloud: cloud.cloud } as const;
    await act(deps, attempt, async (opening) => {
      const signal = AbortSignal.timeout(PUT_BACK_MS);
      const records = await deps.undo.all(cloud.cloud);
      const keys = [...new Set(records.flatMap((record) => cloud.lockdownKey?.(record) ?? []))];
      const work = async (held: AbortSignal) => {
        await opening.begin({ undo: records.map(({ id }) => id) });
        const stays = await putBack({}, deps.undo, held);
        const left = new Set((await deps.undo.all(cloud.cloud)).map(({ id }) => id));
        await opening.done({ undo: records.flatMap(({ id }) => (left.has(id) ? [] : [id])), stays });
        return stays;
      };
      notes.push(...(await (keys.length > 0 ? holding(deps, cloud, keys, { signal, work }) : work(signal))));
    });
  }
  return notes;
}
