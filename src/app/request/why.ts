import { JitError } from '../../core/errors/errors.ts';
import type { WhyAsk } from '../../core/language/grammar.ts';
import { match } from '../../core/machine/match.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { policiesFor } from '../../core/policy/policy.ts';
import type { Port } from '../../core/rule/port.ts';
import { parseSource } from '../../core/rule/source.ts';
import type { Report } from '../../core/view/report.ts';
import { traceReport } from '../../core/view/trace-page.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor } from '../machine/cloud.ts';
import { inventory } from '../machine/inventory.ts';
import { usualSource } from './submit.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };

/**
 * Can this packet get in now, through what, or what stops it? For those who may request the machine or protect machines, as the
 * answer names rules of its networks; without a person, on the command line, for whoever has the shell.
 */
export async function why(deps: Deps, person: Person | undefined, ask: WhyAsk): Promise<Report> {
  const signal = answerInTime();
  const machine = match(await inventory(deps, signal), ask.machine);
  const policies = person ? policiesFor(deps.rules.policies, person, machine) : [];
  if (person && policies.length === 0 && !isMeant(person, deps.rules.protectors))
    throw new JitError('noPolicy', { machine: machine.name });
  const cloud = cloudFor(deps, machine.id);
  if (!cloud.trace) throw new JitError('noTrace', { machine: machine.name });
  const typed = ask.source ?? (person && (await usualSource(deps, person, machine)));
  const source = typed === undefined ? undefined : (deps.rules.sources.get(typed)?.[0] ?? parseSource(typed));
  if (source === undefined) throw new JitError('missingSource');
  const port =
    ask.port ?? (await cloud.look(machine.id, signal)).protection?.ports[0]?.port ?? policies[0]?.ports[0] ?? SSH;
  return traceReport(await cloud.trace({ machine: machine.id, port, source }, signal), { port, source });
}
