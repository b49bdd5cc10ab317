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
  await note(deps, {
    event: 'explain',
    outcome: 'done',
    by: deps.acting ?? { person: asker },
    as: 'requester',
    requester: person,
    machine: machine.id,
    machineName: machine.name,
    ports: what.ports,
    source: what.source,
  });
  const because = ask.justification === undefined ? {} : { because: ask.justification };
  const judged = await analyse(deps, { ...what, ...because, approvedBy: [] }, signal, async () => state);
  const asked = { person, machine, ports: what.ports };
  const falls = judged.policies.flatMap((policy) => fallsFor(deps.rules.policies, policy, asked));
  return explanation({ ...what, name: person.name }, { ...judged, falls });
}
