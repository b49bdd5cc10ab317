import { isGivenUp, JitError } from '../../core/errors/errors.ts';
import { parseMachineId } from '../../core/machine/machine.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { familyOf, parseSource, prefixLength, sourceText } from '../../core/rule/source.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { machineMeant } from '../machine/meant.ts';

/**
 * Those of these requests whose machine somebody calls otherwise than it was called when they were made: by its id, or the end of it,
 * by an address, or by the name that it has now. What is stored says the first, also of a machine that is gone.
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
  const byAddress = requests.filter((request) => hasAddress(request, word));
  if (byAddress.length > 0) return byAddress;
  try {
    const isTheirs = ({ id: own }: { readonly id: string }) => requests.some(({ machine }) => machine === own);
    const meant = await machineMeant(deps, typed, isTheirs, answerInTime());
    return requests.filter(({ machine }) => machine === meant.id);
  } catch (error) {
    // Whatever it is called, or where nobody can tell: none of these is known to be meant.
    if (error instanceof JitError || isGivenUp(error)) return [];
    throw error;
  }
}

function hasAddress(request: Request, typed: string): boolean {
  const source = parseSource(typed);
  if (source === undefined || prefixLength(source) !== (familyOf(source) === 'ipv4' ? 32 : 128)) return false;
  const address = sourceText(source);
  const connect = isInForce(request) ? request.lease.connect : undefined;
  return [...(request.addresses ?? []), connect].includes(address);
}
