import { JitError } from '../../core/errors/errors.ts';
import type { ExplainAsk } from '../../core/language/command.ts';
import type { Person } from '../../core/people/person.ts';
import { fallsFor } from '../../core/policy/leaving.ts';
import { explanation } from '../../core/view/explain-page.ts';
import type { Report } from '../../core/view/report.ts';
import type { Sender } from '../../ports/inbox.ts';
import { note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { askedFor, machineFor } from './asked-for.ts';
import { beneficiaryOf } from './beneficiary.ts';
import { analyse } from './judgement.ts';
import { sameAs } from './same.ts';
import { mustBeLongEnough, mustNotFlood } from './submit.ts';

/**
 * What would become of a request, before it is asked: the policies that judge it, who would decide in which order, and all that
 * stands against it. By the judgement of the real thing; nothing is kept, and nobody is told.
 */
export async function explain(
  deps: Deps,
  asker: Person,
  ask: ExplainAsk,
  sender: Pick<Sender, 'chat'> = { chat: 'slack' },
): Promise<Report> {
  const signal = answerInTime();
  const { person, askedBy } = await beneficiaryOf(deps, asker, ask.whom, sender);
  const by = askedBy ? { askedBy } : {};
  const machine = await machineFor(deps, { person, ...by }, ask.machine, signal);
  const { what, state } = await askedFor(deps, person, { ...ask, ...by, machine }, signal);
  const stands = await sameAs(deps, what);
  const about = { machine: machine.id, machineName: machine.name };
  const against = [
    ...(await refusalOf(() => mustNotFlood(deps, person, about))),
    ...(await refusalOf(() => mustBeLongEnough(deps, what.forMs))),
  ];
  const speaker = deps.acting ?? { person: asker };
  await note(deps, {
    event: 'explain',
    outcome: 'done',
    by: speaker,
    as: typeof speaker !== 'string' && 'user' in speaker ? 'commandLine' : 'requester',
    requester: person,
    ...about,
    ports: what.ports,
    source: what.source,
  });
  const because = ask.justification === undefined ? {} : { because: ask.justification };
  const judged = await analyse(deps, { ...what, ...because, approvedBy: [] }, signal, async () => state);
  const asked = { person, machine, ports: what.ports };
  const falls = judged.policies.flatMap((policy) => fallsFor(deps.rules.policies, policy, asked));
  const { usageUntold } = state;
  const unsatisfied = [...against, ...judged.unsatisfied];
  return explanation(
    { ...what, name: person.name, ...(stands ? { stands: stands.id } : {}) },
    { ...judged, unsatisfied, falls, ...(usageUntold === undefined ? {} : { usageUntold }) },
  );
}

/** What asking would be refused with before it is judged. */
async function refusalOf(must: () => void | Promise<void>): Promise<readonly JitError[]> {
  try {
    await must();
    return [];
  } catch (error) {
    if (error instanceof JitError) return [error];
    throw error;
  }
}
