import { createHash } from 'node:crypto';
import { JitError } from '../../core/errors/errors.ts';
import type { Ask } from '../../core/language/command.ts';
import { type Line, tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { requestId } from '../../core/request/request.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { type Submitted, take } from './submit.ts';
import { taken } from './taken.ts';

const LONGEST_NAME = 60;

interface Refusal {
  readonly machine: string;
  readonly error: JitError;
}

/**
 * Requests the same of several machines: a request for each, linked by an id that a repeated delivery gives again. Each is judged by its
 * own policy, and one that is refused holds up no other. Gives a line for each. Throws where all are refused.
 */
export async function takeSeveral(
  deps: Deps,
  person: Person,
  { others = [], ...ask }: Ask,
  sender: Sender,
): Promise<readonly Line[]> {
  if (others.length === 0) return taken(await take(deps, person, ask, sender), ask);
  const machines = [ask.machine, ...others];
  const together = {
    id: requestId(createHash('sha256').update(`${sender.chat}:${sender.key}`).digest()),
    machines: machines.map((one) => tidy(one, LONGEST_NAME)),
  };
  const done: Submitted[] = [];
  const refused: Refusal[] = [];
  for (const [i, machine] of machines.entries()) {
    try {
      const own = { ...sender, key: i === 0 ? sender.key : `${sender.key}/${i}` };
      done.push(await take(deps, person, { ...ask, machine, together }, own));
    } catch (error) {
      if (!(error instanceof JitError)) throw error;
      refused.push({ machine, error });
    }
  }
  const [first] = refused;
  if (done.length === 0 && first) throw noneOf(refused);
  const head = `${done.length} of ${machines.length} machines, a request for each; each is decided, opens, and closes on its own.`;
  const lines = done.flatMap((one) => taken(one, ask));
  return [[head], ...lines, ...refused.map(({ machine, error }): Line => [refusalText(machine, error)])];
}

function noneOf(refused: readonly Refusal[]): JitError {
  const reasons = refused.map(({ machine, error }) => refusalText(machine, error)).join(' ');
  return new JitError('noneOfSeveral', { reasons });
}

function refusalText(machine: string, { sentence }: JitError): string {
  return `${tidy(machine, LONGEST_NAME)} was not requested: ${sentence}`;
}
