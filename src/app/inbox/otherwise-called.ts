import { isGivenUp, JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import { type Line, tidy } from '../../core/language/text.ts';
import { type MachineId, parseMachineId } from '../../core/machine/machine.ts';
import type { Request } from '../../core/request/request.ts';
import { parseSource } from '../../core/rule/source.ts';
import { nameOf } from '../../core/view/words.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { machineMeant } from '../machine/meant.ts';

/** There is none, as far as anybody can look: what was typed may be called so by nobody. */
const NONE: ReadonlySet<string> = new Set(['unknownMachine', 'unknownAddress', 'machineNotServed']);

/**
 * Those of these requests whose machine somebody calls otherwise than it was called when they were made: by its id, or the end of it,
 * by the name that it has now, or by an address. The first is known also of a machine that is gone. Which machine has an address now the cloud
 * says alone: what was kept of it may be another's by now. Throws `machineNotRead` and `gaveUp` where nobody can tell.
 */
export async function otherwiseCalled(
  deps: Pick<Deps, 'clouds' | 'log'>,
  typed: string,
  requests: readonly Request[],
): Promise<readonly Request[]> {
  if (requests.length === 0) return [];
  const word = typed.trim().toLowerCase();
  const id = parseMachineId(word) ?? word;
  const byId = requests.filter(
    ({ machine }) => machine === id || machine.endsWith(`/${word}`) || machine.endsWith(`:${word}`),
  );
  if (byId.length > 0) return byId;
  return calledNow(deps, typed, requests);
}

/** Those of these requests whose machine is called so now. Throws as `otherwiseCalled` does. */
export async function calledNow(
  deps: Pick<Deps, 'clouds' | 'log'>,
  typed: string,
  requests: readonly Request[],
  signal: AbortSignal = answerInTime(),
): Promise<readonly Request[]> {
  const machines = await machinesMeant(deps, { typed, signal }, new Set(requests.map(({ machine }) => machine)));
  return requests.filter(({ machine }) => machines.has(machine));
}

/** What was requested under another name is told by that: whoever typed the one that it has now reads that both are it. */
export function renamedLines(request: Request | undefined, typed: string | undefined): readonly Line[] {
  const word = typed?.toLowerCase();
  if (!request || !word || [request.id, request.machineName.toLowerCase()].includes(word)) return [];
  // An ID or an address is no name.
  if (request.machine.endsWith(word) || parseSource(word) !== undefined) return [];
  return [[say`${nameOf(request)} is called ${tidy(word, 80)} now.`]];
}

/** Several where it cannot be told which of these. */
async function machinesMeant(
  deps: Pick<Deps, 'clouds' | 'log'>,
  { typed, signal }: { readonly typed: string; readonly signal: AbortSignal },
  theirs: ReadonlySet<MachineId>,
): Promise<ReadonlySet<string>> {
  try {
    return new Set([(await machineMeant(deps, typed, ({ id }) => theirs.has(id), signal)).id]);
  } catch (error) {
    if (isGivenUp(error)) throw new JitError('gaveUp', {}, { cause: error });
    if (!(error instanceof JitError)) throw error;
    if (error.code === 'ambiguousMachine') return new Set(error.choices);
    if (NONE.has(error.code)) return new Set();
    throw error;
  }
}
