import { JitError } from '../../src/core/errors/errors.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Vm } from './arm/machine.ts';
import { factsOf } from './reach/facts.ts';
import { deniedBefore, unanswered } from './reach/hindrances.ts';
import type { InFront } from './standing.ts';

/** What would keep people out although it was opened to them. */
export function hindrancesOf(
  { nics, machine }: Vm,
  ports: readonly Port[],
  { groups, networks, firewalls }: InFront,
): Required<Pick<MachineState, 'keptOut' | 'warnings'>> {
  const parts = nics.flatMap((nic) => factsOf(nic, groups, networks, firewalls.has(nic.id)));
  const [port] = ports;
  const causes = port ? parts.flatMap((part) => unanswered(part, port)) : [];
  return {
    warnings: [...new Set(causes)].map(
      (because) => `People on the Internet may not get in: ${because}, and Drawbridge does not know what is there.`,
    ),
    keptOut(asked, source) {
      const denying = parts.map((part) => deniedBefore(part, asked, source));
      const [rule] = denying;
      if (rule === undefined || denying.includes(undefined)) return undefined;
      return new JitError('deniedByManager', { rule, machine: machine.name, port: String(asked.number), source });
    },
  };
}
