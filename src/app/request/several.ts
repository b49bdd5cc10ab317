import { createHash } from 'node:crypto';
import { JitError, spansOf } from '../../core/errors/errors.ts';
import type { Ask } from '../../core/language/command.ts';
import { say } from '../../core/language/say.ts';
import { type Line, type Saying, tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { membersIn } from '../../core/request/group.ts';
import { type Pending, requestId } from '../../core/request/request.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { keep, type Prepared, prepare, type Submitted, take } from './submit.ts';
import { taken } from './taken.ts';

const LONGEST_NAME = 60;

interface Refusal {
  readonly machine: string;
  readonly error: JitError;
}

/**
 * Requests the same of several machines: a request for each, linked by an id that a repeated delivery gives again, with one card a place for
 * all. Each is judged by its own policy, and one that is refused holds up no other. Gives a line for each. Throws where all are refused.
 */
export async function takeSeveral(
  deps: Deps,
  person: Person,
  { others = [], ...ask }: Ask,
  sender: Sender,
): Promise<readonly Line[]> {
  if (others.length === 0) return taken(await take(deps, person, ask, sender), ask);
  const machines = [ask.machine, ...others];
  const delivery = `${sender.chat}:${sender.key}`;
  const together = {
    id: idFrom(delivery),
    machines: machines.map((one) => tidy(one, LONGEST_NAME)),
  };
  const outcomes: (Prepared | Refusal)[] = [];
  for (const [i, machine] of machines.entries()) {
    try {
      const key = i === 0 ? sender.key : `${sender.key}/${i}`;
      const own = { ...ask, machine, together, id: idFrom(`${delivery}/${i} of ${together.id}`) };
      outcomes.push(await prepare(deps, person, own, { ...sender, key }));
    } catch (error) {
      if (!(error instanceof JitError)) throw error;
      outcomes.push({ machine, error });
    }
  }
  const done = await keepAlike(deps, outcomes, machines);
  const refused = done.filter((one) => 'error' in one);
  const made = done.filter((one) => 'request' in one);
  if (made.length === 0) throw noneOf(refused);
  const shared = made.some(({ request, stoodBefore }) => !stoodBefore && membersIn(request))
    ? say` They share a card.`
    : '';
  const head = say`${made.length} of ${machines.length} machines, a request for each; each is decided, opens, and closes on its own.${shared}`;
  const lines = made.flatMap((one) => taken(one, ask));
  return [[head], ...lines, ...refused.map(({ machine, error }): Line => [refusalText(machine, error)])];
}

/** Keeps what was made, all at once: those of one command share a card. */
async function keepAlike(
  deps: Deps,
  outcomes: readonly (Prepared | Refusal)[],
  machines: readonly string[],
): Promise<readonly (Submitted | Refusal)[]> {
  const group = outcomes.flatMap((one) => ('made' in one ? [one.made.id] : isOfGroup(one) ? [one.request.id] : []));
  const fresh = outcomes.filter((one) => 'made' in one);
  const kept = await keep(
    deps,
    fresh.map(({ made, key }) => ({ key, made: sharing(made, group) })),
  );
  return outcomes.map((one, i): Submitted | Refusal => {
    if (!('made' in one)) return one;
    const result = kept[fresh.indexOf(one)] ?? new JitError('stale');
    return result instanceof JitError ? { machine: machines[i] ?? '', error: result } : result;
  });
}

/** It was made by the same command before. */
function isOfGroup(one: Submitted | Refusal): one is Submitted {
  return 'request' in one && !one.stoodBefore;
}

function sharing(made: Pending, members: readonly string[]): Pending {
  return made.together && members.length > 1 ? { ...made, together: { ...made.together, members } } : made;
}

const TRIES = 10;

/** The same for the same delivery. With a digit in it, it is taken for no word. */
function idFrom(text: string): string {
  let id = '';
  for (let n = 0; n < TRIES && !/\d/.test(id); n += 1)
    id = requestId(
      createHash('sha256')
        .update(`${text}${n === 0 ? '' : n}`)
        .digest(),
    );
  return id;
}

function noneOf(refused: readonly Refusal[]): JitError {
  const reasons = say`${refused.flatMap(({ machine, error }, i): Line => [i === 0 ? '' : ' ', refusalText(machine, error)])}`;
  return new JitError('noneOfSeveral', { reasons });
}

function refusalText(machine: string, error: JitError): Saying {
  return say`${tidy(machine, LONGEST_NAME)} was not requested: ${spansOf(error)}`;
}
